"""Runs that are broken on purpose: no instance is left running without a word, and what was read is kept."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.integration.conftest import Account, Tool, inv, play, processes_naming, wait_for

LONG = {"TINY_SECONDS": "300"}


def playbook_of(wrapper: subprocess.Popen[str]) -> psutil.Process:
    """The process of ansible-playbook that a wrapper has started, of which it has forked others."""
    named: dict[float, psutil.Process] = {}
    for child in psutil.Process(wrapper.pid).children(recursive=True):
        # Ansible's forks come and go.
        with contextlib.suppress(psutil.NoSuchProcess):
            if any("playbooks/" in word for word in child.cmdline()):
                named[child.create_time()] = child
    return named[min(named)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a file system of a size of its own."""
    mounted: list[Path] = []

    def mount(size: str) -> Path:
        place = tmp_path / f"disk-{size}"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=True)
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", str(place)], check=True)


REACHED: dict[str, Callable[[Account, Tool, str], bool]] = {
    "launch": lambda account, tool, run_id: account.states(run_id) == ["running"],
    "toolchain": lambda account, tool, run_id: (tool.runs / run_id / "machine.json").exists(),
    "benchmark": lambda account, tool, run_id: tool.is_measuring(run_id),
}


@pytest.mark.parametrize("stage", REACHED)
def test_a_run_whose_playbook_is_killed_is_brought_back_published_and_ended(
    account: Account, tool: Tool, run_id: str, stage: str
) -> None:
    wrapper = tool.start(run_id, suite=tool.suite("long", environment=LONG))
    wait_for(lambda: REACHED[stage](account, tool, run_id), stage)
    playbook_of(wrapper).send_signal(signal.SIGKILL)
    output, _ = wrapper.communicate(timeout=180)

    assert wrapper.returncode == 1, output
    assert "ansible-playbook ended early (SIGKILL)" in output
    assert "Traceback" not in output
    assert account.states(run_id) == ["terminated"]
    assert processes_naming(run_id) == []
    if stage == "benchmark":
        objects = account.client("s3").list_objects_v2(Bucket=f"benchmarks-123456789012-{account.facts['region']}")
        (key,) = [o["Key"] for o in objects["Contents"] if run_id in o["Key"] and o["Key"].endswith("/1/benchmark.log")]
        stored = account.client("s3").get_object(Bucket=f"benchmarks-123456789012-{account.facts['region']}", Key=key)
        assert b"sum/100" in stored["Body"].read()


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


def test_a_disk_that_is_full_in_the_middle_leaves_nothing_running(
    account: Account, tool: Tool, run_id: str, small_disk: Callable[[str], Path]
) -> None:
    disk = small_disk("24m")
    full = Tool(account, disk)
    wrapper = full.start(run_id, suite=tool.suite("long", environment={"TINY_SECONDS": "8"}))
    wait_for(lambda: (disk / run_id / "machine.json").exists(), "the toolchain")
    with (disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space left"):
        while True:
            filler.write(b"\0" * 65536)
    output, _ = wrapper.communicate(timeout=180)

    assert wrapper.returncode == 1, output
    assert "Traceback" not in output
    assert "No space left on device" in output
    assert account.states(run_id) == ["terminated"]


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


def test_a_directory_that_is_removed_meanwhile_leaves_nothing_running(
    account: Account, tool: Tool, run_id: str
) -> None:
    wrapper = tool.start(run_id, suite=tool.suite("long", environment={"TINY_SECONDS": "12"}))
    wait_for(lambda: tool.is_measuring(run_id), "the measurement")
    shutil.rmtree(tool.runs / run_id)
    output, _ = wrapper.communicate(timeout=180)

    assert wrapper.returncode == 1, output
    assert "Traceback" not in output
    # The host's key is gone too, so that nobody can log in any more to bring back what was measured.
    assert "does not answer over SSH" in output or "were removed or damaged while it ran" in output
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


def test_one_run_has_one_controller(account: Account, tool: Tool, run_id: str) -> None:
    wrapper = tool.start(run_id, suite=tool.suite("long", environment=LONG))
    wait_for(lambda: (tool.runs / run_id / "preflight.json").exists(), "the plan")
    second = tool.bench(run_id)
    assert second.result.code == 2, second.result.output
    assert f"The run {run_id} is being carried out by process {wrapper.pid} (" in second.result.output

    playbook = playbook_of(wrapper)
    wrapper.kill()
    wrapper.wait(timeout=30)
    try:
        third = tool.bench(run_id)
        assert third.result.code == 2, third.result.output
        assert f"is being carried out by process {playbook.pid} (" in third.result.output
        plain = tool.playbook(run_id)
        assert plain.result.code != 0
        assert f"is being carried out by process {playbook.pid} (" in plain.result.output
    finally:
        for process in [*playbook.children(recursive=True), playbook]:
            process.kill()
        inv("bench.terminate", "--run-id", run_id, "--runs-dir", str(tool.runs), environment=account.environment)
    assert set(account.states(run_id)) <= {"terminated"}


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
