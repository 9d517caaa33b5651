"""What is left when a run is interrupted: nothing that costs money, and what there is of the results."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Sequence

import pytest

from tests.integration.conftest import (
    TIMEOUT,
    Account,
    Terminal,
    Tool,
    end,
    play,
    processes_naming,
    wait_for,
)

LONG = {"TINY_SECONDS": "300"}


def test_a_signal_ends_the_instance_first(account: Account, tool: Tool, run_id: str) -> None:
    process = tool.start(run_id, suite=tool.suite("long", environment=LONG))
    wait_for(lambda: account.states(run_id) == ["running"], "the instance to run")

    began = time.monotonic()
    output = end(process, signal.SIGTERM)

    assert process.returncode == 143, output
    check_ended_first(account, run_id, output, signal.SIGTERM)
    assert time.monotonic() - began < 60


def check_ended_first(account: Account, run_id: str, output: str, number: signal.Signals) -> None:
    """What is done is said before it is waited for."""
    assert account.states(run_id) == ["terminated"]
    told = [output.index(f"{number.name}: ending the run …")]
    told += [output.index(text, told[0]) for text in ("EC2 was told to end i-", "Ended i-", "Cost ")]
    assert told == sorted(told)
    assert "Traceback" not in output
    assert playbooks_of(run_id) == []


def times_followed(tool: Tool, run_id: str) -> int:
    """How often somebody has come back to the measurement."""
    return (tool.runs / run_id / "events.jsonl").read_text().count('"followed": true')


def playbooks_of(run_id: str) -> list[str]:
    return [line for line in processes_naming(run_id) if "ansible-playbook" in line]


@pytest.mark.usefixtures("ended")
def test_a_run_that_measures_is_left_at_a_terminal_and_ended_without_one(
    account: Account, tool: Tool, run_id: str, at_terminal: Callable[[Sequence[str]], Terminal]
) -> None:
    suite = tool.suite("long", environment=LONG)
    terminal = at_terminal(tool.arguments(run_id, suite))
    wait_for(lambda: tool.is_measuring(run_id), "the measurement", TIMEOUT)
    terminal.type("\x03")
    assert terminal.end() == 130, terminal.said
    (instance,) = account.instances(run_id)
    assert instance["State"]["Name"] == "running"
    told = [
        terminal.said.index(text)
        for text in (
            "SIGINT: leaving the run to itself; Ctrl-C again within 5 s ends it …",
            f"The run {run_id} goes on measuring, without this process.",
            f"To come back to it: ./inv bench.attach {run_id} --runs-dir ",
            f"{instance['InstanceId']} (c7i.large) still runs: it costs $0.0852 an hour and switches itself off by ",
            f"To end what is left: ./inv bench.terminate --run-id {run_id} --region us-east-1",
        )
    ]
    assert told == sorted(told)
    assert playbooks_of(run_id) == []

    # A window that is closed ends nothing either, and what cannot be shown any more is no failure.
    window = at_terminal(tool.attaching(run_id))
    wait_for(lambda: times_followed(tool, run_id) == 1, "the run to be followed", TIMEOUT)
    busy = tool.attach(run_id)
    assert busy.result.code == 2, busy.result.output
    assert f"The run {run_id} is being carried out by process {window.process.pid} (" in busy.result.output
    assert window.end(close=True) == 129
    assert account.states(run_id) == ["running"]
    wait_for(lambda: playbooks_of(run_id) == [], "the playbook to end")

    # Without a terminal nobody can ask for it a second time.
    process = tool.start_attaching(run_id)
    wait_for(lambda: times_followed(tool, run_id) == 2, "the run to be followed", TIMEOUT)
    output = end(process, signal.SIGINT)
    assert process.returncode == 130, output
    check_ended_first(account, run_id, output, signal.SIGINT)


def test_a_signal_before_the_launch_leaves_nothing(account: Account, tool: Tool, run_id: str) -> None:
    process = tool.start(run_id)
    wait_for(lambda: (tool.runs / run_id / "request.yml").exists(), "the run to begin")

    output = end(process, signal.SIGINT)

    assert process.returncode == 130, output
    assert "Nothing has been launched." in output
    assert account.states(run_id) == []


def test_an_instance_that_is_to_be_kept_is_told_of_after_a_signal(account: Account, tool: Tool, run_id: str) -> None:
    process = tool.start(run_id, "--keep", suite=tool.suite("long", environment=LONG))
    # One that has not answered yet would be ended.
    wait_for(lambda: any((tool.runs / run_id).glob("*/ready.json")), "the instance to be ready")
    output = end(process, signal.SIGINT)
    try:
        assert process.returncode == 130, output
        assert account.states(run_id) == ["running"]
        (instance,) = account.instances(run_id)
        assert f"{instance['InstanceId']} (c7i.large) still runs: it costs $0.0852 an hour and switches" in output
        assert f"To end what is left: ./inv bench.terminate --run-id {run_id} --region us-east-1" in output
    finally:
        account.client("ec2").terminate_instances(InstanceIds=[i["InstanceId"] for i in account.instances(run_id)])


@pytest.mark.usefixtures("ended")
def test_a_running_host_that_stops_answering_is_left_measuring_with_a_sentence_and_the_way_back(
    account: Account, tool: Tool, run_id: str
) -> None:
    def cut() -> None:
        wait_for(lambda: tool.is_measuring(run_id), "the measurement")
        (instance,) = account.instances(run_id)
        account.execute(instance["InstanceId"], "systemctl stop ssh.service; pkill sshd")

    cutter = threading.Thread(target=cut)
    cutter.start()
    run = tool.playbook(run_id, "-e", '{"benchmark_reconnect_timeout": 5}', suite=tool.suite("long", environment=LONG))
    cutter.join()

    assert run.result.code == 2, run.result.output
    assert "stopped answering over SSH" in run.result.output
    # Only the way to it may be lost: it measures on, and uploads by itself.
    assert account.states(run_id) == ["running"]
    assert f"The run {run_id} goes on measuring, without this process." in run.result.output
    assert f"./inv bench.attach {run_id} " in run.result.output
    assert (run.attempt / "benchmark.log").exists()
    assert not (run.attempt / "published.json").exists()


def test_two_runs_at_once_do_not_meet_and_one_that_is_left_is_brought_back(
    account: Account, tool: Tool, run_id: str
) -> None:
    names = [f"{run_id}-a", f"{run_id}-b"]
    processes = [tool.start(names[0], "--detach"), tool.start(names[1])]

    outputs = [process.communicate(timeout=400)[0] for process in processes]

    assert [process.returncode for process in processes] == [0, 0], outputs
    assert account.states(names[0]) == ["running"]
    assert f"To come back to it: ./inv bench.attach {names[0]} " in outputs[0]
    # As if it had never been left, also by Ansible alone.
    back = play("benchmark", environment=account.environment, run_id=names[0], runs_dir=str(tool.runs))
    assert back.code == 0, back.output
    for name in names:
        assert account.states(name) == ["terminated"]
        assert account.launches(name) == 1
        assert len(list((tool.runs / name).glob("*/1/manifest.json"))) == 1
    over = tool.attach(names[0])
    assert over.result.code == 0, over.result.output
    assert f"The run {names[0]} is over." in over.result.output
    assert "Measured  3 benchmarks" in over.result.output
