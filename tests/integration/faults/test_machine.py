"""The instance ends, restarts or is taken back under a run, and what it had measured is kept."""

from __future__ import annotations

import json
import re
import shutil
import signal
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import msgspec
import pytest

from benchmarks.runs.records import HostManifest
from tests.integration.conftest import CRATES, Account, Tool, end, inv, wait_for
from tests.integration.faults.conftest import IDS, Faults, check_first_is_kept, until_told, wait_for_first

# Cargo runs it as a part of the build.
SLOW_BUILD = 'fn main() { eprintln!("Sleeping"); std::thread::sleep(std::time::Duration::from_secs(300)); }\n'


def slow_to_build(tool: Tool) -> Path:
    """A suite like the tiny one, whose build does not end by itself."""
    crate = tool.runs / "slow"
    shutil.copytree(CRATES / "tiny", crate)
    (crate / "build.rs").write_text(SLOW_BUILD)
    return tool.suite("slow", source={"path": str(crate)})


@pytest.mark.fault("The instance is terminated while it builds", code=1, seconds=60)
def test_an_instance_that_is_terminated_while_it_builds_is_told_of_soon(
    account: Account, tool: Tool, run_id: str, faults_met: Faults
) -> None:
    run = tool.start(run_id, suite=slow_to_build(tool))
    wait_for(lambda: b"Compiling tiny" in tool.kept_log(run_id), "the build", 240)
    (instance,) = account.instances(run_id)
    faults_met.strikes()
    account.client("ec2").terminate_instances(InstanceIds=[instance["InstanceId"]])
    output, _ = run.communicate(timeout=180)
    faults_met.ends(run.returncode, output)

    assert re.search(rf"{instance['InstanceId']} is (shutting-down|terminated): ", output), output
    # Nothing was measured; why there is nothing is kept here and there.
    assert b"Compiling tiny" in tool.kept_log(run_id)
    said = account.said_by_host(run_id)
    assert said
    assert (said.build, said.run, said.stopped) == (("success", "killed", "TERM", "power-off"), None, "power-off")
    assert said.files["benchmark.log"].bytes >= len(tool.kept_log(run_id))


def terminated(account: Account, host: str) -> None:
    account.client("ec2").terminate_instances(InstanceIds=[host])


def powered_off(account: Account, host: str) -> None:
    account.execute(host, "systemctl poweroff")


@pytest.mark.parametrize(
    ("end_of", "reason"),
    [
        pytest.param(
            terminated,
            "Client.UserInitiatedShutdown",
            marks=pytest.mark.fault("The instance is terminated while it measures", code=1, seconds=60),
        ),
        pytest.param(
            powered_off,
            "Client.InstanceInitiatedShutdown",
            marks=pytest.mark.fault("The instance is powered off from inside while it measures", code=1, seconds=90),
        ),
    ],
)
def test_an_instance_that_ends_while_it_measures_is_told_of_soon_and_its_log_is_kept_and_published(
    account: Account,
    tool: Tool,
    run_id: str,
    faults_met: Faults,
    end_of: Callable[[Account, str], None],
    reason: str,
) -> None:
    run = tool.start(run_id, suite=until_told(account, tool, run_id)[0])
    wait_for_first(tool, run_id)
    (instance,) = account.instances(run_id)
    faults_met.strikes()
    end_of(account, instance["InstanceId"])
    output, _ = run.communicate(timeout=180)
    faults_met.ends(run.returncode, output)

    assert re.search(rf"{instance['InstanceId']} is (shutting-down|terminated): {reason}", output), output
    assert b"sum/100" in tool.kept_log(run_id)
    assert "s3://" in output
    # It has uploaded what there was while it went down.
    said = account.said_by_host(run_id)
    assert said
    assert (said.run, said.stopped) == (("success", "killed", "TERM", "power-off"), "power-off")
    assert said.files["benchmark.log"].bytes >= len(tool.kept_log(run_id))
    check_first_is_kept(account, tool, run_id, 1)


def log_of(tool: Tool, run_id: str, attempt: int) -> bytes:
    """What there is here of the log of a numbered attempt on the run's only host."""
    return b"".join(path.read_bytes() for path in (tool.runs / run_id).glob(f"*/{attempt}/benchmark.log"))


def said_of(account: Account, run_id: str, attempt: int) -> HostManifest | None:
    """What the run's only instance has said of an attempt, None before it has."""
    found = [body for key, body in account.uploaded(run_id).items() if key.endswith(f"/{attempt}/host.json")]
    return msgspec.json.decode(found[0], type=HostManifest) if found else None


@pytest.mark.fault("The instance is restarted while it measures", code=1, seconds=90)
@pytest.mark.fault("The instance crashes and is recovered while nobody follows the run", code=0, seconds=180)
def test_what_a_restart_has_cut_off_is_kept_and_measured_anew(
    account: Account, tool: Tool, run_id: str, faults_met: Faults
) -> None:
    suite, enough = until_told(account, tool, run_id)
    run = tool.start(run_id, "--keep", suite=suite)
    wait_for_first(tool, run_id)
    (instance,) = account.instances(run_id)
    host = instance["InstanceId"]
    faults_met.strikes("The instance is restarted while it measures")
    account.client("ec2").reboot_instances(InstanceIds=[host])
    output, _ = run.communicate(timeout=180)
    faults_met.ends(run.returncode, output)
    assert "The benchmark run was stopped because the machine was shut down or restarted; " in " ".join(output.split())
    said = said_of(account, run_id, 1)
    assert said
    assert (said.run, said.stopped) == (("success", "killed", "TERM", "power-off"), "power-off")
    assert account.uploaded(run_id)[f"{host}/1/benchmark.log"] == log_of(tool, run_id, 1)
    check_first_is_kept(account, tool, run_id, 1)
    assert account.states(run_id) == ["running"]

    back = tool.start_attaching(run_id)
    wait_for(lambda: b"time:" in log_of(tool, run_id, 2), "the second attempt", 240)
    output = end(back, signal.SIGHUP)
    assert (
        "Attempt 1 was cut off when its machine restarted, and stays as it was: attempt 2 measures everything anew; "
        "the machine switches itself off by "
    ) in " ".join(output.split()), output
    faults_met.strikes("The instance crashes and is recovered while nobody follows the run")
    account.admin("PUT", f"instance/{host}/crash")
    wait_for(lambda: said_of(account, run_id, 2) is not None, "what was measured until the crash", 90)
    said = said_of(account, run_id, 2)
    assert said
    assert (said.run, said.stopped) == (("signal", "killed", "KILL", "power-off"), "power-off")
    with tarfile.open(fileobj=BytesIO(account.uploaded(run_id)[f"{host}/2/criterion.tar.gz"])) as archive:
        names = archive.getnames()
    assert "criterion/tiny/sum/100/new/estimates.json" in names
    assert "criterion/tiny/sum/1000/new/estimates.json" not in names

    enough()
    back = tool.start_attaching(run_id)
    output, _ = back.communicate(timeout=180)
    faults_met.ends(back.returncode, output)
    assert "Attempt 2 was cut off when its machine restarted" in output
    results = json.loads((tool.runs / run_id / host / "3/results.json").read_text())
    assert ([one["id"] for one in results["measurements"]], results["partial"]) == (IDS, None)
    # What was cut off is brought here too, and published beside what the instance has uploaded of it.
    results = json.loads((tool.runs / run_id / host / "2/results.json").read_text())
    assert results["measurements"][0]["id"] == "sum/100"
    assert results["partial"]
    assert {f"{host}/{attempt}/manifest.json" for attempt in (1, 2, 3)} <= set(account.uploaded(run_id))
    assert account.launches(run_id) == 1
    ended = inv("bench.terminate", "--run-id", run_id, "--runs-dir", str(tool.runs), environment=account.environment)
    assert ended.code == 0, ended.output
