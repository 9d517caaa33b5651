"""Hosts that were lost while nobody followed their run: by the records, what is a failure, and of which attempt."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from benchmarks.errors import FailedError, PartlyFailedError
from benchmarks.launch import termination
from benchmarks.playbook import run_end
from benchmarks.preflight import lost_hosts, resuming
from benchmarks.runs import attempts, failures, host_outcomes, record_files, run_over
from benchmarks.runs.records import Attempt, Ended, HostAttempt, PlannedMeasurement, Preflight, Terminated
from benchmarks.runs.result_records import Results
from tests.support import records
from tests.support.aws_fakes import FakeClient

NOW = datetime(2026, 5, 19, 9, tzinfo=UTC)
SPOT = {
    "InstanceId": "i-2",
    "State": {"Name": "terminated"},
    "StateReason": {"Code": "Server.SpotInstanceTermination", "Message": "Server.SpotInstanceTermination: Taken."},
}
FOUND_NOTHING = "Nothing that it has measured of the suite one could be found: start a new run to measure on its type."


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of two hosts, both gone, of which the first was brought back and the second had only begun."""
    directory = tmp_path / "r1"
    record_files.write(directory, plan())
    record_files.write(directory, records.instances("i-1", "i-2"))
    record_files.write(
        directory, Terminated(whole=True, instances=tuple(Ended(instance_id=one, at=NOW) for one in ("i-1", "i-2")))
    )
    for host in ("i-1", "i-2"):
        begin(directory, host, 1)
    (directory / "i-1/1/benchmark.log").write_text("log")
    record_files.write(directory / "i-1/1", Results(measurements=()))
    record_files.write(directory / "i-1/1", records.published())
    return directory


def plan(**changes: Any) -> Preflight:
    launches = tuple(records.launch_plan(host=number) for number in (1, 2))
    return records.preflight(**{"launches": launches, "gone": (1, 2), **changes})


def begin(directory: Path, host: str, number: int, digest: str = "asked") -> None:
    attempts.write(directory / host, Attempt(number=number, suite=records.suite(), suite_digest=digest))


def ec2(*gone: dict[str, Any]) -> FakeClient:
    return FakeClient(describe_instances={"Reservations": [{"Instances": list(gone)}]})


def told(run: Path) -> list[tuple[str, int, str]]:
    return [(one.host, one.attempt, one.sentence) for one in failures.failures(run)]


def test_a_lost_host_has_failed_with_the_reason_of_ec2_and_only_once(run: Path) -> None:
    assert not run_over.is_over(run)
    for _ in range(2):
        lost_hosts.note(ec2(SPOT), run, plan())
    why = "EC2 took back the spot instance i-2 (Server.SpotInstanceTermination)"
    assert told(run) == [("i-2", 1, f"{why}. {FOUND_NOTHING}")]
    assert run_over.is_over(run)
    assert [bool(one.failure) for one in host_outcomes.of_run(run)] == [False, True]
    assert type(run_end.failed(run, "It failed.")) is PartlyFailedError


def test_an_instance_that_ec2_does_not_show_any_more_is_gone(run: Path) -> None:
    lost_hosts.note(ec2(), run, plan())
    assert told(run) == [("i-2", 1, f"i-2 is gone. {FOUND_NOTHING}")]


def test_if_all_are_lost_none_has_succeeded(run: Path) -> None:
    for file in ("published.json", "results.json", "benchmark.log"):
        (run / "i-1/1" / file).unlink()
    lost_hosts.note(ec2(), run, plan())
    assert [host for host, _, _ in told(run)] == ["i-1", "i-2"]
    assert run_over.is_over(run)
    assert type(run_end.failed(run, "It failed.")) is FailedError


@pytest.mark.parametrize(
    "made",
    [
        plan(gone=(1,)),
        plan(measured=(HostAttempt(host="i-2", attempt=1),)),
        replace(plan(), launches=(records.launch_plan(host=2),)),
    ],
    ids=["there", "brought back now", "the only one"],
)
def test_what_is_not_lost_has_not_failed(run: Path, made: Preflight) -> None:
    lost_hosts.note(FakeClient(), run, made)
    assert told(run) == []


@pytest.mark.parametrize("name", ["i-2", "host-2"])
def test_what_has_failed_already_keeps_its_reason(run: Path, name: str) -> None:
    failures.record_failure(run, name, "Build", "It does not build.")
    lost_hosts.note(FakeClient(), run, plan())
    assert [sentence for _, _, sentence in told(run)] == ["It does not build."]


def test_a_failure_of_another_host_or_of_none_hides_no_lost_one(run: Path) -> None:
    failures.record_failure(run, "i-1", "End", "It is protected.", "terminate", 1)
    failures.record_failure(run, "localhost", "End", "AWS does not answer.")
    lost_hosts.note(ec2(), run, plan())
    assert [host for host, _, _ in told(run)] == ["i-1", "localhost", "i-2"]


def test_a_host_that_the_ended_run_had_never_launched_is_told_as_such(run: Path) -> None:
    record_files.write(run, records.instances("i-1"))
    lost_hosts.note(ec2(), run, plan())
    assert told(run) == [("host-2", 0, termination.NEVER_LAUNCHED)]


def test_other_suites_that_are_brought_back_are_what_they_are_and_the_one_that_is_asked_for_has_failed(
    run: Path,
) -> None:
    (run / "i-2/1/benchmark.log").write_text("log")
    other = PlannedMeasurement(suite=records.suite(), suite_digest="other")
    made = plan(measurements=(other,), measured=(HostAttempt(host="i-2", attempt=1),))
    begin(run, "i-1", 2, "other")
    resuming.turn_to_measured(run, made)
    lost_hosts.note(ec2(), run, made)
    # On the second host, the attempt never began; on the first it did.
    assert [(host, attempt) for host, attempt, _ in told(run)] == [("i-1", 2), ("i-2", 2)]
    assert attempts.current(run / "i-2") == 1
