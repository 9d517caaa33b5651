"""Runs that are broken on purpose: no instance is left running without a word, and what was read is kept."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.conftest import Account, Tool, inv, play, wait_for


@pytest.mark.parametrize("size", ["2m", "28k", "20k", "8k"])
def test_a_disk_without_room_is_told_of_before_anything_is_launched(
    account: Account, tool: Tool, run_id: str, small_disk: Callable[[str], Path], size: str
) -> None:
    disk = small_disk(size)
    run = Tool(account, disk).bench(run_id)
    assert run.result.code == 2, run.result.output
    assert "Traceback" not in run.result.output
    assert "The runs directory" in run.result.output
    assert account.instances(run_id) == []


@pytest.mark.usefixtures("ended")
def test_an_instance_can_be_ended_where_no_directory_can_be_written(
    account: Account, tool: Tool, run_id: str, small_disk: Callable[[str], Path]
) -> None:
    kept = tool.launch(run_id)
    assert kept.result.code == 0, kept.result.output
    disk = small_disk("4k")
    (disk / "filler").write_bytes(b"\0" * 4096)

    # As from another machine: only the tag of the instance tells which run it is.
    ended = inv("bench.terminate", run_id[:-2], "--runs-dir", str(disk), environment=account.environment)

    assert ended.code == 0, ended.output
    assert f"{run_id[:-2]} is the run {run_id}." in ended.output
    assert "Nothing that it measured is saved, so that it is lost with its instance." in ended.output
    assert account.states(run_id) == ["terminated"]


def test_an_instance_whose_template_protects_it_is_ended_all_the_same(
    account: Account, tool: Tool, run_id: str
) -> None:
    protected = {"DisableApiTermination": True, "DisableApiStop": True, "InstanceInitiatedShutdownBehavior": "stop"}
    account.make_template(run_id, **protected)

    run = tool.bench(run_id, "--launch-template", run_id)

    assert run.result.code == 0, run.result.output
    assert "DisableApiStop, DisableApiTermination, InstanceInitiatedShutdownBehavior" in run.result.output
    assert account.states(run_id) == ["terminated"]


def test_an_instance_that_is_protected_meanwhile_is_told_of_or_switched_off_from_inside(
    account: Account, tool: Tool, run_id: str, tmp_path: Path
) -> None:
    assert tool.launch(run_id).result.code == 0
    (instance,) = account.instances(run_id)
    ec2 = account.client("ec2")
    ec2.modify_instance_attribute(InstanceId=instance["InstanceId"], DisableApiTermination={"Value": True})
    try:
        # Without the run's directory there is no key to log in with.
        elsewhere = ["--runs-dir", str(tmp_path / "elsewhere")]
        stuck = inv("bench.terminate", "--run-id", run_id, *elsewhere, environment=account.environment)
        assert stuck.code == 1, stuck.output
        assert "is protected from being ended" in stuck.output
        assert "--no-disable-api-termination" in stuck.output
        assert "an hour, and should switch itself off by" in stuck.output
        there = {"run_id": run_id, "runs_dir": str(tmp_path / "elsewhere")}
        plain = play("terminate", environment=account.environment, **there)
        assert plain.code == 2, plain.output
        assert "an hour, and should switch itself off by" in " ".join(plain.output.split())
        assert account.states(run_id) == ["running"]

        here = ["--runs-dir", str(tool.runs)]
        ended = inv("bench.terminate", "--run-id", run_id, *here, environment=account.environment)
        assert ended.code == 0, ended.output
        assert account.states(run_id) == ["terminated"]
        assert not (tool.runs / run_id / "keys").exists()
    finally:
        ec2.modify_instance_attribute(InstanceId=instance["InstanceId"], DisableApiTermination={"Value": False})
        ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])


def test_what_plain_ansible_launches_is_ended_without_any_record(account: Account, tool: Tool, run_id: str) -> None:
    def remove() -> None:
        wait_for(lambda: (tool.runs / run_id / "machine.json").exists(), "the toolchain")
        shutil.rmtree(tool.runs / run_id)

    remover = threading.Thread(target=remove)
    remover.start()
    # The host's key is gone with the directory, so nobody can log in any more.
    run = tool.playbook(run_id, "-e", "launch_connect_timeout=10", suite=tool.suite("short"))
    remover.join()

    assert run.result.code != 0
    assert account.states(run_id) == ["terminated"], run.result.output
