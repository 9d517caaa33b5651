"""Processes of the machine that a run was started from are killed: whoever comes back gets the whole result."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import psutil
import pytest

from tests.integration.conftest import Account, Tool, inv, wait_for
from tests.integration.faults.conftest import (
    Faults,
    check_whole,
    until_told,
    volumes,
    wait_for_first,
)
from tests.integration.faults.killed import LAUNCHING, MEASURES, Killed, Moment, bring_back

# EC2 has the instance, and this machine no answer yet.
UNANSWERED = {"action": "RunInstances", "delay_seconds": 15, "late": True}
# What is requested is put into the bucket between the plan and the launch.
PLANNED = {"service": "s3", "action": "PutObject", "delay_seconds": 15}
PAST = "2020-01-01T00:00:00+00:00"


def playbook_of(wrapper: subprocess.Popen[str]) -> psutil.Process:
    """The process of ansible-playbook that a wrapper has started, of which it has forked others."""
    named: dict[float, psutil.Process] = {}
    for child in psutil.Process(wrapper.pid).children(recursive=True):
        # Ansible's forks come and go.
        with suppress(psutil.NoSuchProcess):
            if any("playbooks/" in word for word in child.cmdline()):
                named[child.create_time()] = child
    return named[min(named)]


@pytest.mark.timeout(900)
@pytest.mark.fault("Every process is killed before the run is planned", code=0, seconds=300)
@pytest.mark.fault("Every process is killed once the run is planned", code=0, seconds=300)
@pytest.mark.fault("Every process is killed as EC2 is asked for the instance", code=0, seconds=300)
@pytest.mark.fault("Every process is killed once the instance is prepared", code=0, seconds=300)
@pytest.mark.fault("Every process is killed while it measures", code=0, seconds=180)
def test_a_run_that_is_killed_from_its_plan_to_its_measurement_is_brought_back_whole(
    tool: Tool, run_id: str, faults_met: Faults
) -> None:
    moments = (
        Moment("Every process is killed before the run is planned", "request.yml"),
        Moment("Every process is killed once the run is planned", "preflight.json", PLANNED),
        Moment("Every process is killed as EC2 is asked for the instance", LAUNCHING, UNANSWERED),
        Moment("Every process is killed once the instance is prepared", "✓ toolchain"),
        Moment("Every process is killed while it measures", MEASURES),
    )
    suite = tool.suite("slow", environment={"TINY_SECONDS": "6"})
    said = bring_back(tool, run_id, faults_met, moments, suite)
    planned = f"The run {run_id} had launched nothing: its instance is launched now, as it was planned."
    assert planned in " ".join(said[2].split())


@pytest.mark.timeout(900)
@pytest.mark.fault("Every process is killed once the instance runs", code=0, seconds=300)
@pytest.mark.fault("Every process is killed once it has measured", code=0, seconds=180)
@pytest.mark.fault("Every process is killed once the results are published", code=0, seconds=180)
def test_a_run_that_is_killed_from_its_launch_to_its_end_is_brought_back_whole(
    tool: Tool, run_id: str, faults_met: Faults
) -> None:
    moments = (
        Moment("Every process is killed once the instance runs", "✓ launch"),
        Moment("Every process is killed once it has measured", "✓ benchmark"),
        Moment("Every process is killed once the results are published", "✓ publish"),
    )
    bring_back(tool, run_id, faults_met, moments)


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
    run = Killed(tool, run_id, tool.start(run_id, suite=suite))
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
        measuring = Killed(tool, run_id, tool.start(run_id, suite=until_told(account, tool, run_id)[0]))
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
