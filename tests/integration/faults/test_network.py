"""The way to the instance is cut, and the run goes on: with who waits for it, or by itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.integration.conftest import Account, Tool, processes_naming, started, wait_for
from tests.integration.faults.conftest import (
    LONG,
    Faults,
    attempt,
    check_whole,
    connection,
    impatient,
    machines,
)


@pytest.mark.fault("SSH is cut for 60 s while it measures", code=0, seconds=240)
@pytest.mark.fault("sshd is killed, with all its sessions, while it measures", code=0, seconds=150)
@pytest.mark.fault("SSH is cut for 5 s while it measures", code=0, seconds=90)
def test_what_passes_is_outlived(account: Account, tool: Tool, run_id: str, faults_met: Faults) -> None:
    run = tool.start(run_id, suite=tool.suite("talking", environment={"TINY_TIMES": "880"}))

    def goes_on() -> None:
        """Wait until more of the log is here than now."""
        there = len(tool.kept_log(run_id))
        wait_for(lambda: len(tool.kept_log(run_id)) > there, "the log to be followed again")

    wait_for(lambda: b"at " in tool.kept_log(run_id), "the log", 240)
    (instance,) = account.instances(run_id)
    faults_met.strikes("SSH is cut for 60 s while it measures")
    connection(account, run_id, "closed")
    time.sleep(60)
    connection(account, run_id, "open")
    goes_on()
    faults_met.strikes("sshd is killed, with all its sessions, while it measures")
    account.execute(instance["InstanceId"], "pkill -KILL sshd")
    goes_on()
    faults_met.strikes("SSH is cut for 5 s while it measures")
    connection(account, run_id, "closed")
    time.sleep(5)
    connection(account, run_id, "open")
    output, _ = run.communicate(timeout=180)
    faults_met.ends(run.returncode, output)
    check_whole(account, tool, run_id)


@pytest.mark.fault("The instance answers, but its systemd does not, for 15 s", code=0, seconds=90)
def test_a_host_that_does_not_tell_what_runs_for_a_while_is_followed_on(
    account: Account, tool: Tool, run_id: str, faults_met: Faults, measures: Callable[[], None]
) -> None:
    run = tool.start(run_id, suite=tool.suite("some", environment={"TINY_SECONDS": "30"}))
    measures()
    (instance,) = account.instances(run_id)
    broken = "/usr/local/sbin/systemctl"
    said = "echo Failed to get properties: Connection timed out >&2"
    faults_met.strikes()
    script = f"printf '#!/bin/sh\\necho >>/tmp/asked\\n{said}\\nexit 1\\n' >{broken} && chmod 755 {broken}"
    account.execute(instance["InstanceId"], script)
    time.sleep(15)
    account.execute(instance["InstanceId"], f"rm {broken} && test -s /tmp/asked")
    output, _ = run.communicate(timeout=180)
    faults_met.ends(run.returncode, output)
    check_whole(account, tool, run_id)


@pytest.mark.fault("SSH is cut for good while it measures (the test waits 5 s, not five minutes)", code=1, seconds=60)
def test_a_host_out_of_reach_is_left_and_its_results_come_from_s3(
    account: Account, tool: Tool, run_id: str, faults_met: Faults, measures: Callable[[], None]
) -> None:
    quick = impatient(
        account, tool.runs, benchmark_reconnect_timeout=5, benchmark_look_seconds=1, benchmark_unfollowed_seconds=15
    )
    run = started(tool.arguments(run_id, tool.suite("some", environment={"TINY_SECONDS": "25"})), quick)
    measures()
    (instance,) = account.instances(run_id)
    faults_met.strikes()
    connection(account, run_id, "closed")
    output, _ = run.communicate(timeout=120)
    faults_met.ends(run.returncode, output)
    told = [
        output.index(text)
        for text in (
            "stopped answering over SSH",
            f"The run {run_id} goes on measuring, without this process.",
            f"{instance['InstanceId']} (c7i.large) still runs: it costs $0.0852 an hour and switches itself off by ",
            "is uploaded to s3://",
        )
    ]
    assert told == sorted(told)
    assert f"To come back to it: ./inv bench.attach {run_id} --runs-dir {tool.runs}" in output
    assert account.states(run_id) == ["running"]
    wait_for(lambda: account.states(run_id) == ["terminated"], "the instance to power itself off", 240)
    back = tool.attach(run_id)
    assert back.result.code == 0, back.result.output
    assert "It had measured to its end, so that nothing is lost." in " ".join(back.result.output.split())
    check_whole(account, tool, run_id)


@pytest.mark.fault("The tool is killed, and the run gone on with from where SSH is cut", code=2, seconds=90)
@pytest.mark.fault("The instance hangs, and fails EC2's status check", code=1, seconds=180)
def test_what_may_measure_is_not_ended_before_ec2_says_that_it_has_failed(
    account: Account, tool: Tool, run_id: str, faults_met: Faults, measures: Callable[[], None]
) -> None:
    suite = tool.suite("long", environment=LONG)
    run = tool.start(run_id, suite=suite)
    measures()
    (instance,) = account.instances(run_id)
    # The tool itself first, which would clean up after the playbook.
    for program in ("/bin/benchmarks bench ", "/bin/ansible-playbook "):
        for line in processes_naming(run_id):
            if program in line:
                with suppress(ProcessLookupError):
                    os.kill(int(line.split()[0]), signal.SIGKILL)
    # ssh, which waits for the next connection, keeps its output open.
    run.wait(timeout=30)
    faults_met.strikes("The tool is killed, and the run gone on with from where SSH is cut")
    connection(account, run_id, "closed")
    again = tool.bench(run_id, suite=suite)
    faults_met.ends(again.result.code, again.result.output)
    assert f"{instance['InstanceId']} does not answer over SSH: " in again.result.output
    assert f"To end what is left: ./inv bench.terminate --run-id {run_id} " in again.result.output
    assert account.states(run_id) == ["running"]

    faults_met.strikes("The instance hangs, and fails EC2's status check")
    connection(account, run_id, "open")
    (machine,) = (name for name in machines(account, [instance["InstanceId"]]) if not name.endswith("-imds"))
    subprocess.run([account.facts["engine"], "pause", machine], check=True)
    account.admin("PUT", f"instance/{instance['InstanceId']}/checks", {"InstanceStatus": 150})
    back = tool.attach(run_id)
    faults_met.ends(back.result.code, back.result.output)
    said = " ".join(back.result.output.split())
    assert f"{instance['InstanceId']} has failed, though EC2 calls it running: it has not passed EC2's instance" in said
    assert account.states(run_id) == ["terminated"]
    assert (attempt(tool, run_id) / "benchmark.log").read_bytes() in account.uploaded(run_id).values()
    # The first benchmark was at work: without any that was measured, there is no result, nor a part of one.
    assert json.loads((attempt(tool, run_id) / "results.json").read_text())["measurements"] == []
