"""What is left when a run is interrupted: nothing that costs money, and what there is of the results."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from tests.integration.conftest import Account, Tool, end, processes_naming, wait_for

LONG = {"TINY_SECONDS": "300"}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_instance_first(
    account: Account, tool: Tool, run_id: str, number: signal.Signals, code: int
) -> None:
    process = tool.start(run_id, suite=tool.suite("long", environment=LONG))
    wait_for(lambda: account.states(run_id) == ["running"], "the instance to run")

    began = time.monotonic()
    output = end(process, number)

    assert process.returncode == code, output
    assert account.states(run_id) == ["terminated"]
    assert f"{number.name}: ending the run" in output
    # In this order: what is done is said before it is waited for.
    told = [output.index(text) for text in ("ending the run …", "EC2 was told to end i-", "Ended i-", "Cost ")]
    assert told == sorted(told)
    assert "Traceback" not in output
    assert time.monotonic() - began < 60
    left = [line for line in processes_naming(run_id) if "ansible-playbook" in line]
    assert left == []


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


def test_a_running_host_that_stops_answering_ends_the_run_with_a_sentence(
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
    assert account.states(run_id) == ["terminated"]
    stored = run.record(f"{run.host.name}/1/published.json")["keys"]
    assert "manifest.json" in stored and "benchmark.log" in stored


def test_two_runs_at_once_do_not_meet(account: Account, tool: Tool, run_id: str) -> None:
    names = [f"{run_id}-a", f"{run_id}-b"]
    processes = [tool.start(name) for name in names]

    outputs = [process.communicate(timeout=400)[0] for process in processes]

    assert [process.returncode for process in processes] == [0, 0], outputs
    for name in names:
        assert account.states(name) == ["terminated"]
        assert len(list((tool.runs / name).glob("*/1/manifest.json"))) == 1
