"""Signals to a run, one after the other, and what a user does after them."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tests.integration.conftest import TIMEOUT, Account, Terminal, Tool, end, inv, processes_naming, wait_for
from tests.integration.faults.conftest import (
    LONG,
    Faults,
    attempt,
    check_first_is_kept,
    check_whole,
    until_told,
    wait_for_first,
)
from tests.integration.faults.test_kills import UNANSWERED, playbook_of

LEAVING = "SIGINT: leaving the run to itself; Ctrl-C again within 5 s ends it …"


def times_followed(tool: Tool, run_id: str) -> int:
    """How often somebody has come back to the measurement."""
    return (tool.runs / run_id / "events.jsonl").read_text().count('"followed": true')


def playbooks_of(run_id: str) -> list[str]:
    return [line for line in processes_naming(run_id) if "ansible-playbook" in line]


def words(output: str) -> str:
    """What is said, wherever a terminal breaks it into lines."""
    return " ".join(output.split())


def check_order(output: str, *texts: str) -> None:
    told = [words(output).index(text) for text in texts]
    assert told == sorted(told), output


def check_ended_first(account: Account, run_id: str, output: str, name: str) -> None:
    """What is done is said before it is waited for."""
    assert account.states(run_id) == ["terminated"]
    check_order(output, f"{name}: ending the run …", "EC2 was told to end i-", "Ended i-", "Cost ")
    assert playbooks_of(run_id) == []


@pytest.mark.timeout(900)
@pytest.mark.fault("Ctrl-C at a terminal while it measures", code=130, seconds=30)
@pytest.mark.fault("Two come back to a run at once", code=2, seconds=20)
@pytest.mark.fault("The terminal is closed while it measures", code=129, seconds=20)
@pytest.mark.fault("Ansible alone is killed while it measures", code=1, seconds=30)
@pytest.mark.fault("The command alone is killed while it measures", code=0, seconds=120)
def test_a_run_that_measures_outlives_all_who_follow_it_and_is_brought_back_whole(
    account: Account, tool: Tool, run_id: str, faults_met: Faults, at_terminal: Callable[[Sequence[str]], Terminal]
) -> None:
    suite, enough = until_told(account, tool, run_id)
    terminal = at_terminal(tool.arguments(run_id, suite))
    wait_for(lambda: tool.is_measuring(run_id), "the measurement", TIMEOUT)
    faults_met.strikes("Ctrl-C at a terminal while it measures")
    terminal.type("\x03")
    code = terminal.end()
    faults_met.ends(code, terminal.said)
    (instance,) = account.instances(run_id)
    assert instance["State"]["Name"] == "running"
    check_order(
        terminal.said,
        LEAVING,
        f"The run {run_id} goes on measuring, without this process.",
        f"To come back to it: ./inv bench.attach {run_id} --runs-dir ",
        f"{instance['InstanceId']} (c7i.large) still runs: it costs $0.0852 an hour and switches itself off by ",
        f"To end what is left: ./inv bench.terminate --run-id {run_id} --region us-east-1",
    )
    assert playbooks_of(run_id) == []

    window = at_terminal(tool.attaching(run_id))
    wait_for(lambda: times_followed(tool, run_id) == 1, "the run to be followed", TIMEOUT)
    faults_met.strikes("Two come back to a run at once")
    busy = tool.attach(run_id).result
    faults_met.ends(busy.code, busy.output)
    assert f"The run {run_id} is being carried out by process {window.process.pid} (" in busy.output
    # What cannot be shown any more is no failure.
    faults_met.strikes("The terminal is closed while it measures")
    faults_met.ends(window.end(close=True), "")
    assert account.states(run_id) == ["running"]
    wait_for(lambda: playbooks_of(run_id) == [], "the playbook to end")

    follower = tool.start_attaching(run_id)
    wait_for(lambda: times_followed(tool, run_id) == 2, "the run to be followed", TIMEOUT)
    faults_met.strikes("Ansible alone is killed while it measures")
    playbook_of(follower).kill()
    output, _ = follower.communicate(timeout=60)
    faults_met.ends(follower.returncode, output)
    check_order(
        output,
        "ansible-playbook ended early (SIGKILL): leaving the run to itself …",
        f"The run {run_id} goes on measuring, without this process.",
        "Nobody follows the run any more.",
        f"To come back to it: ./inv bench.attach {run_id} --runs-dir ",
    )
    assert account.states(run_id) == ["running"]

    follower = tool.start_attaching(run_id)
    wait_for(lambda: times_followed(tool, run_id) == 3, "the run to be followed", TIMEOUT)
    playbook = playbook_of(follower)
    faults_met.strikes("The command alone is killed while it measures")
    follower.kill()
    for other in (tool.attach(run_id), tool.playbook(run_id)):
        assert other.result.code == 2, other.result.output
        assert f"is being carried out by process {playbook.pid} (" in " ".join(other.result.output.split())
    enough()
    psutil.wait_procs([playbook], timeout=120)
    over = tool.attach(run_id).result
    faults_met.ends(over.code, over.output)
    assert f"The run {run_id} is over." in over.output
    assert "Measured  3 benchmarks" in over.output
    check_whole(account, tool, run_id)


@pytest.mark.fault("Ctrl-C twice within 5 s while it measures", code=130, seconds=60)
def test_a_second_ctrl_c_ends_the_run_first_of_all_and_what_there_was_is_brought_back(
    account: Account, tool: Tool, run_id: str, faults_met: Faults, at_terminal: Callable[[Sequence[str]], Terminal]
) -> None:
    terminal = at_terminal(tool.arguments(run_id, until_told(account, tool, run_id)[0]))
    wait_for(lambda: b"time:" in tool.kept_log(run_id), "the first benchmark", TIMEOUT)
    faults_met.strikes()
    terminal.type("\x03")
    wait_for(lambda: LEAVING in terminal.said, "the first to be heard")
    terminal.type("\x03")
    faults_met.ends(terminal.end(), terminal.said)
    check_ended_first(account, run_id, terminal.said, "SIGINT")
    told = f"What it had measured is uploaded to s3://benchmarks-123456789012-{account.facts['region']} as its instance"
    assert f"{told} goes down. To fetch it: ./inv bench.attach {run_id} --runs-dir " in words(terminal.said)
    back = tool.attach(run_id).result
    assert back.code == 1, back.output
    assert "Measured  1 of 3 benchmarks, partial" in back.output
    assert (attempt(tool, run_id) / "benchmark.log").read_bytes() in account.uploaded(run_id).values()
    assert account.launches(run_id) == 1


@pytest.mark.fault("`SIGTERM` while the instance boots", code=143, seconds=60)
def test_sigterm_ends_the_instance_first(account: Account, tool: Tool, run_id: str, faults_met: Faults) -> None:
    process = tool.start(run_id, suite=tool.suite("long", environment=LONG))
    wait_for(lambda: account.states(run_id) == ["running"], "the instance to run")
    faults_met.strikes()
    output = end(process, signal.SIGTERM)
    faults_met.ends(process.returncode, output)
    check_ended_first(account, run_id, output, "SIGTERM")


AT_LAUNCH = "`SIGTERM` as EC2 is asked for the instance"
MEASURING = "`SIGTERM` while it measures"


def terminate_at_launch(account: Account, tool: Tool, run_id: str, fault: Faults) -> None:
    """EC2 has the instance and this machine no answer yet; who comes back launches none."""
    # Others that launch meanwhile only wait for their answers.
    account.admin("PUT", "faults", [UNANSWERED])
    try:
        process = tool.start(run_id)
        wait_for(lambda: account.launches(run_id) == 1, "the launch", TIMEOUT)
        fault.strikes()
        output = end(process, signal.SIGTERM)
    finally:
        account.admin("DELETE", "faults")
    fault.ends(process.returncode, output)
    assert not (tool.runs / run_id / "instances.json").exists()
    assert account.states(run_id) == ["terminated"]
    back = tool.attach(run_id).result
    assert back.code == 2, back.output
    assert f"The run {run_id} was ended before it had measured anything, and nothing is launched" in words(back.output)
    assert account.launches(run_id) == 1


def terminate_while_it_measures(account: Account, tool: Tool, run_id: str, fault: Faults) -> None:
    """What was measured is uploaded by the instance as it goes down, and fetched by who comes back."""
    process = tool.start(run_id, suite=until_told(account, tool, run_id)[0])
    wait_for_first(tool, run_id)
    fault.strikes()
    output = end(process, signal.SIGTERM)
    fault.ends(process.returncode, output)
    check_ended_first(account, run_id, output, "SIGTERM")
    back = tool.attach(run_id).result
    assert back.code == 1, back.output
    assert "Measured  1 of 3 benchmarks, partial" in back.output
    check_first_is_kept(account, tool, run_id, 1)
    assert account.launches(run_id) == 1


@pytest.mark.fault("`SIGTERM` as EC2 is asked for the instance", code=143, seconds=60)
@pytest.mark.fault("`SIGTERM` while it measures", code=143, seconds=60)
def test_who_comes_back_after_sigterm_gets_what_was_measured_and_launches_nothing(
    account: Account, tool: Tool, run_id: str, faults_met: Faults
) -> None:
    other = f"{run_id}-launch"
    faults_met.run_ids.append(other)
    tried = [(AT_LAUNCH, terminate_at_launch, other), (MEASURING, terminate_while_it_measures, run_id)]
    with ThreadPoolExecutor(2) as pool:
        runs = [
            pool.submit(strike, account, tool, each, Faults({name: faults_met.rows[name]}, []))
            for name, strike, each in tried
        ]
    for (name, _, _), run in zip(tried, runs, strict=True):
        run.result()
        faults_met.over.append(name)


@pytest.mark.fault("`SIGINT` without a terminal, before anything is launched", code=130, seconds=20)
def test_a_signal_before_the_launch_leaves_nothing(
    account: Account, tool: Tool, run_id: str, faults_met: Faults
) -> None:
    process = tool.start(run_id)
    wait_for(lambda: (tool.runs / run_id / "request.yml").exists(), "the run to begin")
    faults_met.strikes()
    output = end(process, signal.SIGINT)
    faults_met.ends(process.returncode, output)
    assert "Nothing has been launched." in output
    assert account.states(run_id) == []
    assert not (tool.runs / run_id).exists()


@pytest.mark.fault("`SIGINT` without a terminal, to a run that keeps its instance", code=130, seconds=30)
def test_an_instance_that_is_to_be_kept_is_told_of_after_a_signal(
    account: Account, tool: Tool, run_id: str, faults_met: Faults
) -> None:
    process = tool.start(run_id, "--keep")
    # One that has not answered yet would be ended.
    wait_for(lambda: any((tool.runs / run_id).glob("*/ready.json")), "the instance to be ready")
    faults_met.strikes()
    output = end(process, signal.SIGINT)
    faults_met.ends(process.returncode, output)
    assert account.states(run_id) == ["running"]
    (instance,) = account.instances(run_id)
    assert f"{instance['InstanceId']} (c7i.large) still runs: it costs $0.0852 an hour and switches" in output
    assert f"To end what is left: ./inv bench.terminate --run-id {run_id} --region us-east-1" in output
    ended = inv("bench.terminate", "latest", "--runs-dir", str(tool.runs), environment=account.environment)
    assert ended.code == 0, ended.output
    assert account.states(run_id) == ["terminated"]
