"""Processes of the machine that a run was started from are killed: whoever comes back gets the whole result."""

from __future__ import annotations

import random
import shutil
import subprocess
import tarfile
import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.integration.conftest import Account, Tool, inv, wait_for
from tests.integration.faults.conftest import (
    Faults,
    check_nothing_is_left,
    check_whole,
    until_told,
    volumes,
    wait_for_first,
)
from tests.support import killed_runs

# In the log of build and measurement.
MEASURES = "Benchmarking sum/100"
# EC2 has the instance, and this machine no answer yet.
LAUNCHING = "RunInstances"
UNANSWERED = {"action": "RunInstances", "delay_seconds": 15, "late": True}
# What is requested is put into the bucket between the plan and the launch.
PLANNED = {"service": "s3", "action": "PutObject", "delay_seconds": 15}
# What tells that the moment has come, by the row of the table: a file, the end of a stage as it is shown, or the log.
AT = {
    "Every process is killed before the run is planned": "request.yml",
    "Every process is killed as EC2 is asked for the instance": LAUNCHING,
    "Every process is killed once the instance runs": "✓ launch",
    "Every process is killed once the instance is prepared": "✓ toolchain",
    "Every process is killed while it measures": MEASURES,
    "Every process is killed once it has measured": "✓ benchmark",
    "Every process is killed once the results are published": "✓ publish",
}
ANY = "Every process is killed at a random moment"
LATEST = 35.0  # seconds after its begin, at which a run that shares the machine with two others has mostly ended
RANDOM = 10  # moments
PAST = "2020-01-01T00:00:00+00:00"


class Killed:
    """A run whose processes are all killed at one moment."""

    def __init__(self, tool: Tool, run_id: str, suite: Path | None = None) -> None:
        self.tool, self.run_id = tool, run_id
        self._process = tool.start(run_id, suite=suite)
        self._lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.append(line)

    def wait(self, moment: str) -> None:
        def seen() -> bool:
            shown = any(line.startswith(moment) for line in self._lines)
            ended = self._process.poll() is not None
            assert shown or not ended, f"{self.run_id} has ended before {moment}: {''.join(self._lines)}"
            return shown or self._has(moment)

        wait_for(seen, moment, 240)

    def _has(self, moment: str) -> bool:
        if moment == MEASURES:
            return self.tool.is_measuring(self.run_id)
        if moment == LAUNCHING:
            return self.tool.account.launches(self.run_id) == 1
        return any((self.tool.runs / self.run_id).glob(moment))

    @property
    def goes_on(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        killed_runs.kill(self.run_id)
        self._process.wait(timeout=30)


def playbook_of(wrapper: subprocess.Popen[str]) -> psutil.Process:
    """The process of ansible-playbook that a wrapper has started, of which it has forked others."""
    named: dict[float, psutil.Process] = {}
    for child in psutil.Process(wrapper.pid).children(recursive=True):
        # Ansible's forks come and go.
        with suppress(psutil.NoSuchProcess):
            if any("playbooks/" in word for word in child.cmdline()):
                named[child.create_time()] = child
    return named[min(named)]


def bring_back(account: Account, place: Path, faults_met: Faults, name: str, moment: str | float) -> bool:
    """Begin a run in a runs directory of its own, kill it at a moment, and come back to it as to the latest one.

    A number is a moment too, in seconds after the run's id was shown. Returns whether the run still went on then.
    """
    word = name.rpartition(" ")[2] if isinstance(moment, str) else f"{moment:.0f}s"
    run_id = f"it-{word}-{uuid.uuid4().hex[:6]}"
    faults_met.run_ids.append(run_id)
    tool = Tool(account, place / run_id)
    tool.runs.mkdir()
    suite = tool.suite("slow", environment={"TINY_SECONDS": "6"}) if moment == MEASURES else None
    if moment == LAUNCHING:
        # Others that launch meanwhile only wait for their answers.
        account.admin("PUT", "faults", [UNANSWERED])
    try:
        run = Killed(tool, run_id, suite)
        if isinstance(moment, str):
            run.wait(moment)
        else:
            run.wait(f"Run {run_id}")
            threading.Event().wait(moment)
        went_on = run.goes_on
        run.kill()
    finally:
        if moment == LAUNCHING:
            account.admin("DELETE", "faults")
    assert moment != LAUNCHING or not (tool.runs / run_id / "instances.json").exists()
    fault = Faults({name: faults_met.rows[name]}, [])
    fault.strikes()
    back = inv("bench.attach", "latest", "--runs-dir", str(tool.runs), environment=account.environment)
    fault.ends(back.code, f"{run_id}: {back.output}")
    check_whole(account, tool, run_id)
    assert "Measured  3 benchmarks" in back.output
    check_nothing_is_left(account, run_id)
    if name not in faults_met.over:
        faults_met.over.append(name)
    return went_on


def bring_all_back(
    account: Account, place: Path, faults_met: Faults, wanted: Sequence[tuple[str, str | float]]
) -> list[bool]:
    """Do that for all these names and moments; say which have failed."""
    with ThreadPoolExecutor(3) as pool:
        runs = [pool.submit(bring_back, account, place, faults_met, name, moment) for name, moment in wanted]
    ended = list(zip(wanted, runs, strict=True))
    failed = [f"{name}, {moment}: {run.exception()}" for (name, moment), run in ended if run.exception()]
    assert not failed, "\n".join(failed)
    return [run.result() for run in runs]


@pytest.mark.timeout(900)
@pytest.mark.fault("Every process is killed before the run is planned", code=0, seconds=300)
@pytest.mark.fault("Every process is killed as EC2 is asked for the instance", code=0, seconds=300)
@pytest.mark.fault("Every process is killed once the instance runs", code=0, seconds=300)
@pytest.mark.fault("Every process is killed once the instance is prepared", code=0, seconds=180)
@pytest.mark.fault("Every process is killed while it measures", code=0, seconds=180)
@pytest.mark.fault("Every process is killed once it has measured", code=0, seconds=180)
@pytest.mark.fault("Every process is killed once the results are published", code=0, seconds=180)
def test_whenever_all_is_killed_the_run_is_brought_back_whole(
    account: Account, tmp_path: Path, faults_met: Faults
) -> None:
    bring_all_back(account, tmp_path, faults_met, list(AT.items()))


@pytest.mark.timeout(900)
@pytest.mark.fault("Every process is killed at a random moment", code=0, seconds=300)
def test_at_whatever_moment_all_is_killed_the_run_is_brought_back_whole(
    account: Account, tmp_path: Path, faults_met: Faults
) -> None:
    drawn = random.SystemRandom()
    # One in each part of the time, since they could all fall into one stage.
    moments = [drawn.uniform(part, part + 1) * LATEST / RANDOM for part in range(RANDOM)]
    met = bring_all_back(account, tmp_path, faults_met, [(ANY, moment) for moment in moments])
    assert sum(met) > RANDOM / 2, f"of {moments}, most met a run that had ended: {met}"


@pytest.mark.fault("Every process is killed once the run is planned", code=0, seconds=180)
def test_what_was_planned_and_not_launched_is_launched_by_who_comes_back(
    account: Account, tool: Tool, run_id: str, faults_met: Faults, faults: Callable[[list[dict[str, Any]]], None]
) -> None:
    faults([PLANNED])
    run = Killed(tool, run_id)
    run.wait("preflight.json")
    faults_met.strikes()
    run.kill()
    assert account.launches(run_id) == 0
    account.admin("DELETE", "faults")
    back = tool.attach(run_id).result
    faults_met.ends(back.code, back.output)
    told = f"The run {run_id} had launched nothing: its instance is launched now, as it was planned."
    assert told in " ".join(back.output.split())
    assert "Measured  3 benchmarks" in back.output
    check_whole(account, tool, run_id)


@pytest.mark.fault("Ansible alone is killed before it measures", code=1, seconds=90)
def test_what_is_only_prepared_when_ansible_is_killed_is_ended(
    account: Account, tool: Tool, run_id: str, faults_met: Faults
) -> None:
    wrapper = tool.start(run_id)
    wait_for(lambda: (tool.runs / run_id / "machine.json").exists(), "the toolchain")
    faults_met.strikes()
    playbook_of(wrapper).kill()
    output, _ = wrapper.communicate(timeout=180)
    faults_met.ends(wrapper.returncode, output)
    assert "ansible-playbook ended early (SIGKILL): collecting partial results …" in output
    assert "Once that is mended, the same command without --run-id starts a new run" in output
    assert account.states(run_id) == ["terminated"]
    assert not any("benchmark.log" in key for key in account.uploaded(run_id))


@pytest.mark.fault("The run's directory is removed while nobody follows it", code=2, seconds=20)
def test_the_results_of_a_run_whose_directory_is_lost_are_in_the_bucket(
    account: Account, tool: Tool, run_id: str, faults_met: Faults
) -> None:
    suite, enough = until_told(account, tool, run_id)
    run = Killed(tool, run_id, suite)
    run.wait(MEASURES)
    run.kill()
    faults_met.strikes()
    shutil.rmtree(tool.runs / run_id)
    refused = tool.attach(run_id).result
    faults_met.ends(refused.code, refused.output)
    told = " ".join(refused.output.split())
    assert (
        f"There is no run {run_id} in {tool.runs}, where the key to its host would be. A run is followed with " in told
    )
    assert f"bench.results --bucket BUCKET lists what is published, and ./inv bench.terminate --run-id {run_id}" in told
    assert not (tool.runs / run_id).exists()
    enough()
    wait_for(lambda: account.said_by_host(run_id) is not None, "the instance to upload", 120)
    check_in_bucket(account, run_id)
    # It would also end by itself once nobody has looked at it for five minutes.
    here = ["--runs-dir", str(tool.runs)]
    ended = inv("bench.terminate", run_id, *here, environment=account.environment)
    assert ended.code == 0, ended.output
    assert "s3://" in ended.output
    assert account.launches(run_id) == 1


@pytest.mark.fault("The run's directory is removed while it is followed", code=1, seconds=90)
def test_a_directory_that_is_removed_meanwhile_leaves_nothing_running(
    account: Account, tool: Tool, run_id: str, faults_met: Faults
) -> None:
    wrapper = tool.start(run_id, suite=tool.suite("short", environment={"TINY_SECONDS": "12"}))
    wait_for(lambda: tool.is_measuring(run_id), "the measurement")
    faults_met.strikes()
    shutil.rmtree(tool.runs / run_id)
    output, _ = wrapper.communicate(timeout=180)
    faults_met.ends(wrapper.returncode, output)
    # The connection that is open brings back what was measured. Nobody can open one any more: the key is gone too.
    assert f"The records of the run in {tool.runs / run_id} were removed or damaged while it ran" in output
    assert account.states(run_id) == ["terminated"]
    # It has uploaded by itself what it had measured.
    check_in_bucket(account, run_id)


def check_in_bucket(account: Account, run_id: str) -> None:
    """All results of a run are in its bucket, and are read there."""
    bucket = f"benchmarks-{account.facts['account_id']}-{account.facts['region']}"
    shown = inv("bench.results", "--bucket", bucket, run_id, environment=account.environment)
    assert shown.code == 0, shown.output
    assert f"{run_id}: 3 benchmarks\n" in shown.output


@pytest.mark.fault("This machine's disk is full once it measures", code=1, seconds=90)
def test_what_is_measured_while_the_disk_is_full_is_brought_back_once_there_is_room(
    account: Account, tool: Tool, run_id: str, faults_met: Faults, small_disk: Callable[[str], Path]
) -> None:
    disk = small_disk("24m")
    small = Tool(account, disk)
    wrapper = small.start(run_id, suite=tool.suite("short", environment={"TINY_SECONDS": "8"}))
    wait_for(lambda: small.is_measuring(run_id), "the measurement")
    faults_met.strikes()
    with (disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space left"):
        while True:
            filler.write(b"\0" * 65536)
    output, _ = wrapper.communicate(timeout=180)
    faults_met.ends(wrapper.returncode, output)
    assert "No space left on device" in output
    assert account.states(run_id) == ["terminated"]
    # It has uploaded by itself what it had measured.
    (disk / "filler").unlink()
    back = small.attach(run_id).result
    assert back.code == 0, back.output
    check_whole(account, small, run_id)


@pytest.mark.fault("Nobody comes back after every process was killed", code=0, seconds=180)
def test_what_nobody_comes_back_to_ends_by_its_timer_or_when_all_that_has_expired_is_ended(
    account: Account, tool: Tool, run_id: str, faults_met: Faults
) -> None:
    other = f"{run_id}-other"
    faults_met.run_ids.append(other)
    with ThreadPoolExecutor(1) as pool:
        launched = pool.submit(tool.launch, other)
        measuring = Killed(tool, run_id, until_told(account, tool, run_id)[0])
        wait_for_first(tool, run_id)
        assert launched.result().result.code == 0
    faults_met.strikes()
    measuring.kill()
    # The timer of one is set forward, as at a boot a minute before its time.
    (timed,) = account.instances(run_id)
    noted = "/var/lib/cloud/instance/benchmarks-power-off-at"
    command = f"echo $(($(date +%s) + 1)) >{noted}; /var/lib/cloud/scripts/per-boot/benchmarks-power-off"
    wait_for(lambda: answers(account, timed["InstanceId"], f"test -e {noted}"), "the timer to be set")
    account.execute(timed["InstanceId"], command)
    # Neither needs the records.
    shutil.rmtree(tool.runs / other)
    expire(
        account,
        [*(i["InstanceId"] for i in account.instances(other)), *(v["VolumeId"] for v in volumes(account, [other]))],
    )
    ended = inv("bench.terminate", "--expired", environment=account.environment)
    assert set(account.states(other)) <= {"shutting-down", "terminated"}
    wait_for(lambda: account.states(run_id) == ["terminated"], "the timer", 150)
    faults_met.ends(ended.code, ended.output)
    # As it went down, it uploaded what it had measured by then.
    found = account.uploaded(run_id)
    assert b"time:" in found[f"{timed['InstanceId']}/1/benchmark.log"]
    with tarfile.open(fileobj=BytesIO(found[f"{timed['InstanceId']}/1/criterion.tar.gz"])) as archive:
        measured = [name for name in archive.getnames() if name.endswith("new/estimates.json")]
    assert measured == ["criterion/tiny/sum/100/new/estimates.json"]


def answers(account: Account, instance: str, command: str) -> bool:
    """Whether a command succeeds on an instance, which may just be booting."""
    with suppress(subprocess.CalledProcessError, ValueError):
        account.execute(instance, command)
        return True
    return False


def expire(account: Account, resources: list[str]) -> None:
    """Set the tags as they are once the time of all is over."""
    over = [{"Key": "benchmarks:expires", "Value": PAST}, {"Key": "benchmarks:lifetime", "Value": "0.001"}]
    account.client("ec2").create_tags(Resources=resources, Tags=over)
