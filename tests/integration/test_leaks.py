"""Everything on the controller is killed at each stage of a run: what is left ends by its timer, or by --expired."""

from __future__ import annotations

import subprocess
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.integration.conftest import Account, Tool, inv, wait_for

# What the wrapper prints when a stage has ended: then the next one has begun.
AFTER = ("preflight", "launch", "toolchain", "benchmark", "publish")
PAST = "2020-01-01T00:00:00+00:00"


class Killed:
    """A run whose processes are all killed at one moment."""

    def __init__(self, tool: Tool, run_id: str) -> None:
        self.tool, self.run_id = tool, run_id
        self._process = tool.start(run_id)
        self._lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.append(line)

    def wait(self, reached: Callable[[], bool], what: str) -> None:
        def seen() -> bool:
            assert self._process.poll() is None, f"{self.run_id} has ended before {what}: {''.join(self._lines)}"
            return reached()

        wait_for(seen, what, 240)

    def has_ended(self, stage: str) -> bool:
        return any(line.startswith(f"✓ {stage}") for line in self._lines)

    def kill(self) -> None:
        """SIGKILL to the wrapper, Ansible, its workers in sessions of their own, and ssh."""
        for _ in range(3):  # a process may have started another meanwhile
            for process in self._processes():
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        self._process.wait(timeout=30)
        assert self._processes() == []

    def _processes(self) -> list[psutil.Process]:
        found: dict[int, psutil.Process] = {}
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                names_run = self.run_id in " ".join(process.cmdline())
                family = [process, *process.children(recursive=True)] if names_run else []
                found |= {one.pid: one for one in family if lives(one)}
        return list(found.values())


def lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def start_and_kill(tool: Tool, stage: str, run_id: str) -> None:
    run = Killed(tool, run_id)
    if stage == "start":
        run.wait(lambda: (tool.runs / run_id / "request.yml").exists(), stage)
    elif stage == "preflight":
        # With its instance: EC2 would carry out the launch after all, later than this looks.
        run.wait(lambda: run.has_ended(stage) and bool(tool.account.instances(run_id)), stage)
    elif stage == "measuring":
        run.wait(lambda: tool.is_measuring(run_id), stage)
    else:
        run.wait(lambda: run.has_ended(stage), stage)
    run.kill()


def volumes(account: Account, run_ids: list[str]) -> list[dict[str, Any]]:
    filters = [{"Name": "tag:benchmarks:run", "Values": run_ids}]
    found: list[dict[str, Any]] = account.client("ec2").describe_volumes(Filters=filters)["Volumes"]
    return found


def machines(account: Account, ids: list[str]) -> list[str]:
    """The names of the containers of these instances, as the engine lists them."""
    listed = subprocess.run(
        [account.facts["engine"], "ps", "--all", "--format", "{{.Names}}"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.split()
    return [name for name in listed if any(name.endswith(instance_id) for instance_id in ids)]


def expire(account: Account, resources: list[str]) -> None:
    """Set the tags as they are once the time of all is over."""
    over = [{"Key": "benchmarks:expires", "Value": PAST}, {"Key": "benchmarks:lifetime", "Value": "0.001"}]
    account.client("ec2").create_tags(Resources=resources, Tags=over)


@pytest.mark.timeout(600)
def test_whatever_the_stage_a_killed_run_leaves_nothing_that_lasts(account: Account, tool: Tool) -> None:
    stages = ("start", *AFTER, "measuring", "timer")
    run_ids = {stage: f"it-{stage}-{uuid.uuid4().hex[:6]}" for stage in stages}
    with ThreadPoolExecutor(3) as pool:
        killing = [
            pool.submit(start_and_kill, tool, {"timer": "toolchain"}.get(stage, stage), run_id)
            for stage, run_id in run_ids.items()
        ]
        for one in killing:
            one.result()

    left = [i for run_id in run_ids.values() for i in account.instances(run_id)]
    assert {i["State"]["Name"] for i in left} <= {"running", "pending", "shutting-down", "terminated"}
    running = [i["InstanceId"] for i in left if i["State"]["Name"] in ("running", "pending")]
    assert len(running) >= len(AFTER) - 1, "the runs were killed too late"

    # The timer of one is set forward, as at a boot a minute before its time.
    (timed,) = account.instances(run_ids["timer"])
    noted = "/var/lib/cloud/instance/benchmarks-power-off-at"
    command = f"echo $(($(date +%s) + 1)) >{noted}; /var/lib/cloud/scripts/per-boot/benchmarks-power-off"
    account.execute(timed["InstanceId"], command)

    others = [run_id for stage, run_id in run_ids.items() if stage != "timer"]
    ids = [id for id in running if id != timed["InstanceId"]]
    expire(account, [*ids, *(volume["VolumeId"] for volume in volumes(account, others))])
    ended = inv("bench.terminate", "--expired", environment=account.environment)
    assert ended.code == 0, ended.output
    assert {state for run_id in others for state in account.states(run_id)} <= {"shutting-down", "terminated"}
    wait_for(lambda: volumes(account, others) == [], "the volumes of what is shutting down", 60)

    wait_for(lambda: account.states(run_ids["timer"]) == ["terminated"], "the timer", 150)
    assert volumes(account, [run_ids["timer"]]) == []
    assert {state for run_id in others for state in account.states(run_id)} == {"terminated"}
    assert machines(account, running) == []


def test_records_of_a_killed_run_are_not_needed_to_end_it(account: Account, tool: Tool, run_id: str) -> None:
    start_and_kill(tool, "launch", run_id)
    for path in sorted(Path(tool.runs / run_id).rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    expire(account, [i["InstanceId"] for i in account.instances(run_id)])

    ended = inv("bench.terminate", "--expired", environment=account.environment)

    assert ended.code == 0, ended.output
    wait_for(lambda: set(account.states(run_id)) == {"terminated"}, "the end of what is shutting down", 60)
    assert volumes(account, [run_id]) == []
