"""What has become of each host of a run, by its records."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.runs import attempts, failures, host_outcomes, record_files
from benchmarks.runs.host_outcomes import HostOutcome
from benchmarks.runs.records import CurrentAttempt
from benchmarks.runs.result_records import Results
from tests.support import records

PLANS = tuple(records.launch_plan(host=number, instance_type=f"c{number}i.large") for number in (1, 2, 3))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of three hosts, of which the second is named first and has measured, and the third waits."""
    directory = tmp_path / "r1"
    first, second, third = PLANS
    record_files.write(directory, records.preflight(launches=(second, first, third)))
    record_files.write(directory, records.instances("i-1", "i-2"))
    for host in ("i-1", "i-2"):
        record_files.write(directory / host, CurrentAttempt(number=1))
    measure(directory, "i-2")
    return directory


def measure(run: Path, host: str, attempt: int = 1, partial: str | None = None) -> None:
    record_files.write(run / host / str(attempt), Results(measurements=(), partial=partial))


def told(run: Path) -> dict[str, str]:
    """What is known of each host that has neither succeeded nor waits nor measures."""
    return {one.host: one.failure for one in host_outcomes.of_run(run) if one.failure}


def test_every_planned_host_is_named_in_the_order_of_the_plan_with_its_launch(run: Path) -> None:
    found = host_outcomes.of_run(run)
    assert [one.host for one in found] == ["i-2", "i-1", "host-3"]
    assert [one.launch.instance_type for one in found if one.launch] == ["c2i.large", "c1i.large", "c3i.large"]


def test_a_host_that_waits_or_measures_has_neither_failed_nor_succeeded(run: Path) -> None:
    assert [one.has_succeeded for one in host_outcomes.of_run(run)] == [True, False, False]
    assert told(run) == {}
    assert host_outcomes.succeeded(host_outcomes.of_run(run)) == 1


def test_a_host_that_could_not_be_launched_has_failed(run: Path) -> None:
    failures.record_failure(run, "host-3", "Launch", "EC2 has no capacity.")
    assert told(run) == {"host-3": "EC2 has no capacity."}


def test_what_failed_before_a_host_had_its_instance_stays_its_failure(run: Path) -> None:
    failures.record_failure(run, "host-2", "Launch", "It was refused.")
    assert told(run) == {"i-2": "It was refused."}


def test_a_host_fails_alone_and_by_its_first_failure(run: Path) -> None:
    failures.record_failure(run, "i-1", "Build", "It does not build.", attempt=1)
    failures.record_failure(run, "i-1", "Collect", "Nothing was there.", "collect", 1)
    assert told(run) == {"i-1": "It does not build."}
    assert host_outcomes.succeeded(host_outcomes.of_run(run)) == 1


def test_partial_results_of_the_newest_attempt_are_no_success(run: Path) -> None:
    measure(run, "i-2", 2, partial="1 of 2 benchmarks were measured.")
    assert told(run) == {}
    record_files.write(run / "i-2", CurrentAttempt(number=2))
    assert told(run) == {"i-2": "1 of 2 benchmarks were measured."}


def test_what_failed_here_counts_for_hosts_without_results(run: Path) -> None:
    failures.record_failure(run, "localhost", "Launch", "The keys could not be written.")
    assert told(run) == dict.fromkeys(("i-1", "host-3"), "The keys could not be written.")


def test_what_failed_here_is_no_failure_of_a_host_that_was_left_measuring(run: Path) -> None:
    failures.record_failure(run, "localhost", "Launch", "The keys could not be written.")
    attempts.leave(run / "i-1")
    assert told(run) == {"host-3": "The keys could not be written."}
    assert [one.is_left for one in host_outcomes.of_run(run)] == [False, True, False]


def test_a_reason_is_told_once_with_all_the_hosts_that_it_is_of(run: Path) -> None:
    failures.record_failure(run, "host-3", "Launch", "EC2 has no capacity.\nmore")
    failures.record_failure(run, "i-1", "Build", "EC2 has no capacity.")
    failures.record_failure(run, "i-2", "Collect", "Nothing was there.")
    outcomes = host_outcomes.of_run(run)
    assert host_outcomes.reasons(outcomes) == {
        "Nothing was there.": "i-2 (c2i.large): Nothing was there.",
        "EC2 has no capacity.": "i-1 (c1i.large), host-3 (c3i.large): EC2 has no capacity.",
    }
    assert len(host_outcomes.failed(outcomes)) == 3


def test_a_reason_that_names_its_host_is_told_with_one_name() -> None:
    gone = HostOutcome("i-1", records.launch_plan(), "i-1 is terminated: Taken back.")
    assert list(host_outcomes.reasons([gone]).values()) == ["i-1 (c7i.large) is terminated: Taken back."]


def test_a_machine_of_ones_own_is_a_host_too(tmp_path: Path) -> None:
    record_files.write(tmp_path, records.preflight(launches=()))
    assert host_outcomes.of_run(tmp_path) == ()
    failures.record_failure(tmp_path, "server", "Toolchain", "It does not answer.")
    failures.record_failure(tmp_path, "localhost", "End", "Something else.")
    assert told(tmp_path) == {"server": "It does not answer."}
    record_files.write(tmp_path / "other", CurrentAttempt(number=1))
    measure(tmp_path, "other")
    assert [one.host for one in host_outcomes.of_run(tmp_path) if one.has_succeeded] == ["other"]


def test_without_a_plan_the_instances_are_known(run: Path) -> None:
    (run / "preflight.json").write_text("{")
    assert [one.host for one in host_outcomes.of_run(run)] == ["i-1", "i-2"]
    assert [one.launch for one in host_outcomes.of_run(run)] == [None, None]
