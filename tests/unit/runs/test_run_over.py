"""Whether a run is over: by its records, without asking AWS."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.runs import attempts, failures, record_files, run_over
from benchmarks.runs.records import Attempt, CurrentAttempt, Ended, Terminated
from benchmarks.runs.result_records import Results
from tests.support import records

NOW = datetime(2026, 5, 19, 9, tzinfo=UTC)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run whose instance was terminated after its results were published."""
    directory = tmp_path / "r1"
    record_files.write(directory, records.preflight())
    record_files.write(directory, records.instances("i-1"))
    record_files.write(directory, Terminated(instances=(Ended(instance_id="i-1", at=NOW),)))
    record_files.write(directory / "i-1/1", records.published())
    (directory / "i-1/1/benchmark.log").write_text("log")
    return directory


def test_a_run_that_is_published_and_terminated_is_over(run: Path) -> None:
    assert run_over.is_over(run)
    assert run_over.failure(run) == ""


def test_a_run_that_was_to_be_published_nowhere_is_over_with_its_results(run: Path) -> None:
    record_files.write(run, records.preflight(destination=None))
    (run / "i-1/1/published.json").unlink()
    assert not run_over.is_over(run)
    record_files.write(run / "i-1/1", Results(measurements=()))
    assert run_over.is_over(run)


@pytest.mark.parametrize("missing", ["terminated.json", "instances.json", "i-1/1/published.json"])
def test_what_may_still_be_alive_or_unpublished_is_not_over(run: Path, missing: str) -> None:
    (run / missing).unlink()
    assert not run_over.is_over(run)


def test_a_run_that_failed_before_it_measured_is_over_with_its_failure(run: Path) -> None:
    (run / "i-1/1/published.json").unlink()
    (run / "i-1/1/benchmark.log").unlink()
    assert not run_over.is_over(run)
    failures.record_failure(run, "i-1", "Install", "No space is left.\nmore", attempt=1)
    assert run_over.is_over(run)
    assert run_over.failure(run) == "No space is left.\nmore"


@pytest.mark.parametrize("stage", ["collect", "publish", "terminate"])
def test_what_can_be_repeated_without_the_machine_keeps_a_run_from_being_over(run: Path, stage: str) -> None:
    failures.record_failure(run, "i-1", "Try", "It failed.", stage, 1)
    assert not run_over.is_over(run)


@pytest.mark.parametrize("file", ["published.json", "benchmark.log", None])
def test_an_earlier_attempt_that_was_not_brought_back_keeps_a_run_from_being_over(run: Path, file: str | None) -> None:
    attempts.write(run / "i-1", Attempt(number=2, suite=records.suite(), suite_digest="other"))
    attempts.write(run / "i-1", Attempt(number=1, suite=records.suite(), suite_digest="asked"))
    if file:
        (run / "i-1/2" / file).write_text("{}")
    assert run_over.is_over(run) is (file == "published.json")


def test_a_run_that_is_partial_has_not_succeeded(run: Path) -> None:
    record_files.write(run / "i-1", CurrentAttempt(number=2))
    record_files.write(run / "i-1/1", Results(measurements=(), partial="1 of 2 benchmarks were measured."))
    record_files.write(run / "i-1/2", Results(measurements=()))
    assert run_over.failure(run) == ""
    record_files.write(run / "i-1", CurrentAttempt(number=1))
    assert run_over.failure(run) == "1 of 2 benchmarks were measured."
    failures.record_failure(run, "i-1", "Measure", "The benchmark failed.", attempt=1)
    assert run_over.failure(run) == "The benchmark failed."


@pytest.fixture
def sweep(run: Path) -> Path:
    """The run with two more hosts, of which one was launched, measured, published and ended, and the other was not."""
    launches = tuple(records.launch_plan(host=number, instance_type=f"c{number}i.large") for number in (1, 2, 3))
    record_files.write(run, records.preflight(launches=launches))
    record_files.write(run, records.instances("i-1", "i-2"))
    record_files.write(run, Terminated(instances=tuple(Ended(instance_id=one, at=NOW) for one in ("i-1", "i-2"))))
    record_files.write(run / "i-2/1", records.published())
    for host in ("i-1", "i-2"):
        record_files.write(run / host / "1", Results(measurements=()))
    return run


def test_a_run_of_which_a_host_waits_to_be_launched_is_not_over(sweep: Path) -> None:
    assert not run_over.is_over(sweep)
    failures.record_failure(sweep, "host-3", "Launch", "EC2 has no capacity.")
    assert run_over.is_over(sweep)


def test_every_host_that_has_failed_is_told_with_its_type(sweep: Path) -> None:
    assert run_over.failure(sweep) == ""
    failures.record_failure(sweep, "host-3", "Launch", "EC2 has no capacity.")
    record_files.write(sweep / "i-2/1", Results(measurements=(), partial="1 of 2 benchmarks were measured."))
    assert run_over.failure(sweep).splitlines() == [
        "2 of 3 hosts did not succeed.",
        "i-2 (c2i.large): 1 of 2 benchmarks were measured.",
        "host-3 (c3i.large): EC2 has no capacity.",
    ]


def test_a_failure_of_no_host_is_told_if_all_have_measured(sweep: Path) -> None:
    failures.record_failure(sweep, "localhost", "End", "AWS does not answer.", "terminate")
    record_files.write(sweep, records.preflight(launches=(records.launch_plan(), records.launch_plan(host=2))))
    assert run_over.failure(sweep) == "AWS does not answer."


def test_a_machine_of_ones_own_is_asked(tmp_path: Path) -> None:
    record_files.write(tmp_path, records.preflight(launches=()))
    assert not run_over.is_over(tmp_path)
