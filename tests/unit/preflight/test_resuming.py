"""A run that was begun before is gone on with on its machine, or with what was brought back from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from benchmarks.errors import FailedError, RefusedError
from benchmarks.preflight import resuming
from benchmarks.runs import attempts, measurement, record_files, ssh_keys
from benchmarks.runs.records import Attempt, HostAttempt, Image
from tests.support import records
from tests.support.benchmark_request import parameters

PLANNED = records.launch_plan(image=Image(id="ami-1", name="debian"))


def instance(**more: Any) -> dict[str, Any]:
    options = {"CoreCount": 1, "ThreadsPerCore": 2}
    found = {"InstanceId": "i-1", "InstanceType": "c7i.large", "ImageId": "ami-1", "SubnetId": "subnet-1"}
    return {**found, "CpuOptions": options, **more}


@pytest.mark.parametrize(
    ("there", "given", "told"),
    [
        (instance(InstanceType="t3.large"), {}, "instance_type t3.large, not c7i.large"),
        (instance(CpuOptions={"CoreCount": 2, "ThreadsPerCore": 1}), {}, "cores 2, not 1; threads per core 1, not 2"),
        (instance(ImageId="ami-9"), {"ami": "ami-1"}, "ami ami-9, not ami-1"),
        (instance(), {"subnet": "subnet-2"}, "subnet subnet-1, not subnet-2"),
        (instance(Tags=[{"Key": "aws:ec2launchtemplate:id", "Value": "lt-9"}]), {}, "launch_template lt-9, not lt-1"),
    ],
)
def test_an_instance_that_is_no_record_of_is_held_against_the_request(
    tmp_path: Path, there: dict[str, Any], given: dict[str, Any], told: str
) -> None:
    with pytest.raises(RefusedError, match=f"^The run r1 has another machine: {told}\\. Give"):
        resuming.launched_as(PLANNED, [there], resuming.Begun(tmp_path / "r1", None), parameters(**given))


def test_an_instance_with_its_templates_cores_is_the_one_that_was_planned(tmp_path: Path) -> None:
    ssh_keys.run_keys(tmp_path / "r1", None)
    planned = replace(PLANNED, cores=2, threads_per_core=1, cpu_options=None)
    there = instance(CpuOptions={"CoreCount": 2, "ThreadsPerCore": 1})
    begun = resuming.Begun(tmp_path / "r1", records.preflight(launches=(planned,)))
    assert resuming.launched_as(planned, [there], begun, parameters()) == planned
    with pytest.raises(RefusedError, match="cores 1, not 2; threads per core 2, not 1"):
        resuming.launched_as(planned, [instance()], begun, parameters())


def test_an_instance_whose_keys_are_elsewhere_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as refused:
        resuming.launched_as(PLANNED, [instance()], resuming.Begun(tmp_path / "r1", None), parameters())
    assert str(refused.value) == (
        f"The run r1 has i-1, whose keys are not in {tmp_path}/r1: give the runs directory that it was begun in by "
        f"--runs-dir, or leave run_id out to start a new run. To end it: "
        f"./inv bench.terminate --run-id r1 --region eu-central-1 --runs-dir {tmp_path}"
    )


def test_an_instance_is_described_as_it_was_launched(tmp_path: Path) -> None:
    ssh_keys.run_keys(tmp_path / "r1", None)
    launched = replace(PLANNED, image=Image(id="ami-1", name="debian of last month"))
    begun = resuming.Begun(tmp_path / "r1", records.preflight(launches=(launched,)))
    assert resuming.launched_as(PLANNED, [instance()], begun, parameters()) == launched
    newer = replace(PLANNED, image=Image(id="ami-2", name="debian of today"))
    unknown = resuming.Begun(tmp_path / "r1", None)
    described = resuming.launched_as(newer, [instance()], unknown, parameters())
    assert described.image == Image(id="ami-1", name=None)
    rhel = instance(PlatformDetails="Red Hat Enterprise Linux", UsageOperation="RunInstances:0010")
    billed = resuming.launched_as(newer, [rhel], unknown, parameters())
    assert billed.image.licensed_platform == "Red Hat Enterprise Linux"
    assert resuming.launched_as(PLANNED, [], unknown, parameters()) == PLANNED


def test_an_instance_that_ends_before_the_limits_is_warned_of() -> None:
    launched = datetime(2026, 5, 19, 8, 0, tzinfo=UTC)
    there = instance(LaunchTime=launched, Tags=[{"Key": "benchmarks:lifetime", "Value": "270"}])
    asked = parameters(build_limit=60, time_limit=180)
    # Five minutes of the lifetime are for the boot, and two for the shutdown.
    assert resuming.time_warnings([there], PLANNED, asked, launched + timedelta(minutes=23)) == []
    assert resuming.time_warnings([there], PLANNED, asked, launched + timedelta(minutes=24)) == [
        "i-1 may switch itself off at 12:23 UTC, before build_limit and time_limit are over: what is not measured by "
        "then is lost."
    ]
    metal = replace(PLANNED, bare_metal=True)
    assert resuming.time_warnings([there], metal, asked, launched + timedelta(minutes=3)) == []
    assert resuming.time_warnings([there], metal, asked, launched + timedelta(minutes=4))


@pytest.fixture
def over(tmp_path: Path) -> Path:
    """The directory of a run whose instance is gone after it has measured two requests."""
    directory = tmp_path / "r1"
    record_files.write(directory, records.instances("i-1"))
    toolchain = records.toolchain()
    measured = measurement.of(records.suite(), toolchain)
    for number, asked in ((1, "first"), (2, "second")):
        record = Attempt(number=number, suite=records.suite(), suite_digest=asked, measurement=measured)
        attempts.take(directory / "i-1", record, toolchain)
        (directory / f"i-1/{number}/benchmark.log").write_text("log")
    return directory


def test_a_run_is_over_when_what_it_launched_is_gone(over: Path, tmp_path: Path) -> None:
    assert resuming.is_over(over, [])
    assert not resuming.is_over(over, [instance()])
    assert not resuming.is_over(tmp_path / "new", [])


def test_what_a_run_that_is_over_has_measured_is_here_whatever_it_was_about_last(over: Path) -> None:
    assert resuming.measured(over, "first") == (HostAttempt(host="i-1", attempt=1),)
    assert resuming.measured(over, "second") == (HostAttempt(host="i-1", attempt=2),)


def test_what_the_instance_has_uploaded_counts_as_measured_and_is_asked_for_only_if_it_is_not_here(over: Path) -> None:
    asked: list[tuple[str, int]] = []

    def is_uploaded(host: str, attempt: int) -> bool:
        asked.append((host, attempt))
        return True

    assert resuming.measured(over, "first", is_uploaded) == (HostAttempt(host="i-1", attempt=1),)
    assert asked == []
    (over / "i-1/1/benchmark.log").unlink()
    assert resuming.measured(over, "first", is_uploaded) == (HostAttempt(host="i-1", attempt=1),)
    assert asked == [("i-1", 1)]
    with pytest.raises(RefusedError, match="has ended, and its instance with it"):
        resuming.measured(over, "first", lambda _host, _attempt: False)


@pytest.mark.parametrize("damage", ["request", "log", "record"])
def test_what_it_has_not_measured_cannot_be_measured_any_more(over: Path, damage: str) -> None:
    match damage:
        case "log":
            (over / "i-1/1/benchmark.log").unlink()
        case "record":
            (over / "i-1/1/attempt.json").write_text("{")
    with pytest.raises(RefusedError) as refused:
        resuming.measured(over, "third" if damage == "request" else "first")
    assert str(refused.value) == (
        "The run r1 has ended, and its instance with it: leave run_id out to start a new run."
    )


@pytest.mark.parametrize("content", ["", "[]", '{"instances": []}'])
def test_whether_a_run_has_launched_is_not_guessed_from_a_damaged_record(tmp_path: Path, content: str) -> None:
    (tmp_path / "instances.json").write_text(content)
    with pytest.raises(FailedError, match=r"instances\.json cannot be read \(.*\): remove it, or leave run_id out"):
        resuming.is_over(tmp_path, [])
    assert not resuming.is_over(tmp_path, [instance()])


DEARER = replace(records.PRICE, usd_per_hour=0.4)


@pytest.mark.parametrize(
    "changes",
    [
        {"price": DEARER},
        {"price": None, "price_unknown": "AWS cannot be reached"},
        {"cpu_credits": records.CREDITS},
        {"cpu_credits_unknown": "AWS cannot be reached"},
    ],
)
def test_a_launch_is_repeated_at_the_price_of_then(tmp_path: Path, changes: dict[str, Any]) -> None:
    begun = resuming.Begun(tmp_path, records.preflight(launches=(PLANNED,)))
    assert resuming.as_before(replace(PLANNED, **changes), begun) == PLANNED


def test_another_launch_has_the_price_of_now(tmp_path: Path) -> None:
    now = replace(PLANNED, price=DEARER, instance_type="c7i.xlarge")
    assert resuming.as_before(now, resuming.Begun(tmp_path, records.preflight(launches=(PLANNED,)))) == now
    assert resuming.as_before(now, resuming.Begun(tmp_path, None)) == now
    assert resuming.as_before(now, None) == now
