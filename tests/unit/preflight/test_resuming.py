"""A run that was begun before is gone on with on its machine, or with what was brought back from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from benchmarks.errors import FailedError, RefusedError
from benchmarks.preflight import resuming
from benchmarks.runs import attempts, failures, measurement, record_files, ssh_keys
from benchmarks.runs.records import Attempt, Image, PlannedMeasurement
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
        resuming.launched_as([PLANNED], [there], resuming.Begun(tmp_path / "r1", None), parameters(**given))


def test_an_instance_with_its_templates_cores_is_the_one_that_was_planned(tmp_path: Path) -> None:
    ssh_keys.run_keys(tmp_path / "r1", None)
    planned = replace(PLANNED, cores=2, threads_per_core=1, cpu_options=None)
    there = instance(CpuOptions={"CoreCount": 2, "ThreadsPerCore": 1})
    begun = resuming.Begun(tmp_path / "r1", records.preflight(launches=(planned,)))
    assert resuming.launched_as([planned], [there], begun, parameters()) == (planned,)
    with pytest.raises(RefusedError, match="cores 1, not 2; threads per core 2, not 1"):
        resuming.launched_as([planned], [instance()], begun, parameters())


def test_an_instance_whose_keys_are_elsewhere_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as refused:
        resuming.launched_as([PLANNED], [instance()], resuming.Begun(tmp_path / "r1", None), parameters())
    assert str(refused.value) == (
        f"The run r1 has i-1, whose keys are not in {tmp_path}/r1: give the runs directory that it was begun in by "
        f"--runs-dir, or leave run_id out to start a new run. To end it: "
        f"./inv bench.terminate --run-id r1 --region eu-central-1 --runs-dir {tmp_path}"
    )


def test_an_instance_is_described_as_it_was_launched(tmp_path: Path) -> None:
    ssh_keys.run_keys(tmp_path / "r1", None)
    launched = replace(PLANNED, image=Image(id="ami-1", name="debian of last month"))
    begun = resuming.Begun(tmp_path / "r1", records.preflight(launches=(launched,)))
    assert resuming.launched_as([PLANNED], [instance()], begun, parameters()) == (launched,)
    newer = replace(PLANNED, image=Image(id="ami-2", name="debian of today"))
    unknown = resuming.Begun(tmp_path / "r1", None)
    (described,) = resuming.launched_as([newer], [instance()], unknown, parameters())
    assert described.image == Image(id="ami-1", name=None)
    rhel = instance(PlatformDetails="Red Hat Enterprise Linux", UsageOperation="RunInstances:0010")
    (billed,) = resuming.launched_as([newer], [rhel], unknown, parameters())
    assert billed.image.licensed_platform == "Red Hat Enterprise Linux"


def test_an_instance_that_ends_before_the_limits_is_warned_of() -> None:
    launched = datetime(2026, 5, 19, 8, 0, tzinfo=UTC)
    there = instance(LaunchTime=launched, Tags=[{"Key": "benchmarks:lifetime", "Value": "270"}])
    asked = parameters(build_limit=60, time_limit=180)
    # Five minutes of the lifetime are for the boot, and two for the shutdown.
    assert resuming.time_warnings([there], [PLANNED], asked, launched + timedelta(minutes=23)) == []
    assert resuming.time_warnings([there], [PLANNED], asked, launched + timedelta(minutes=24)) == [
        "i-1 may switch itself off at 12:23 UTC, before build_limit and time_limit are over: what is not measured by "
        "then is lost."
    ]
    metal = replace(PLANNED, bare_metal=True)
    assert resuming.time_warnings([there], [metal], asked, launched + timedelta(minutes=3)) == []
    assert resuming.time_warnings([there], [metal], asked, launched + timedelta(minutes=4))


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


def found(over: Path, digest: str, is_uploaded: Callable[[str, int], bool] = lambda _host, _attempt: False) -> Any:
    each = resuming.measured(over, digest, is_uploaded)
    assert {one.host for one in each} == {"i-1"}
    return [one.attempt for one in each]


def test_all_that_is_not_published_is_brought_back_and_last_of_all_what_is_asked_for(over: Path) -> None:
    assert found(over, "first") == [2, 1]
    assert found(over, "second") == [1, 2]
    for number in (1, 2):
        record_files.write(over / f"i-1/{number}", records.published())
    assert found(over, "second") == [2]
    # The current one may be published again, as if its host were there.
    assert found(over, "first") == [2, 1]


def test_of_each_host_all_is_brought_back(over: Path) -> None:
    record_files.write(over, records.instances("i-1", "i-2"))
    attempts.write(over / "i-2", Attempt(number=1, suite=records.suite(), suite_digest="second"))
    (over / "i-2/1/benchmark.log").write_text("log")
    each = resuming.measured(over, "second")
    assert [(one.host, one.attempt) for one in each] == [("i-1", 1), ("i-1", 2), ("i-2", 1)]


def test_an_attempt_that_the_host_has_uploaded_is_not_hidden_by_one_that_was_lost_as_it_built(over: Path) -> None:
    attempts.write(over / "i-1", Attempt(number=2, suite=records.suite(), suite_digest="first"))
    (over / "i-1/1/benchmark.log").unlink()
    assert found(over, "first", lambda _host, attempt: attempt == 1) == [1, 2]
    (over / "i-1/2/benchmark.log").unlink()
    assert found(over, "first", lambda _host, attempt: attempt == 1) == [1]


def test_another_suite_is_brought_back_if_the_one_that_was_planned_was_never_measured(over: Path) -> None:
    planned = PlannedMeasurement(suite=records.suite(), suite_digest="third")
    plan = records.preflight(measurements=(planned,))
    record_files.write(over, plan)
    assert found(over, "third") == [1, 2]
    with pytest.raises(RefusedError, match="has ended, and its instance with it"):
        resuming.measured(over, "fourth")
    made = replace(plan, measured=resuming.measured(over, "third"))
    for _ in range(2):
        resuming.turn_to_measured(over, made)
    assert [(one.host, one.sentence) for one in failures.failures(over)] == [
        ("localhost", "i-1 was gone before it had measured the suite one: leave run_id out to start a new run.")
    ]
    assert attempts.current(over / "i-1") == 2


@pytest.mark.parametrize(("digest", "current"), [("first", 1), ("second", 2)])
def test_what_was_asked_for_becomes_the_current_attempt(over: Path, digest: str, current: int) -> None:
    planned = PlannedMeasurement(suite=records.suite(), suite_digest=digest)
    plan = records.preflight(measurements=(planned,), measured=resuming.measured(over, digest))
    resuming.turn_to_measured(over, plan)
    assert attempts.current(over / "i-1") == current
    assert failures.failures(over) == ()


def test_what_the_instance_has_uploaded_counts_as_measured_and_is_asked_for_only_if_it_is_not_here(over: Path) -> None:
    asked: list[tuple[str, int]] = []

    def is_uploaded(host: str, attempt: int) -> bool:
        asked.append((host, attempt))
        return True

    assert found(over, "first", is_uploaded) == [2, 1]
    assert asked == []
    (over / "i-1/1/benchmark.log").unlink()
    assert found(over, "first", is_uploaded) == [2, 1]
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
