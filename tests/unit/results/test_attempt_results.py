"""The results of an attempt, as the report stage writes them."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from benchmarks.pages import record_schemas
from benchmarks.results import attempt_results
from benchmarks.runs import attempts, failures, record_files
from benchmarks.runs.records import Attempt, PlannedMeasurement, Preflight
from benchmarks.runs.result_records import Results
from tests.support import records
from tests.support.result_bucket import NOW, plan
from tests.unit.readers.test_criterion import write

LOG = (
    "     Running benches/all.rs (target/release/deps/all-27f45bc17686f575)\n"
    "mul                     time:   [9.0000 ns 10.000 ns 11.000 ns]\n"
)


@pytest.fixture
def measured(host: Path) -> Path:
    """The directory of a run whose attempt has measured one benchmark."""
    write(host / "criterion/all", "mul")
    (host / "benchmark.log").write_text(LOG)
    return host.parents[1]


def test_an_attempts_results_say_where_they_come_from(measured: Path) -> None:
    results = attempt_results.of_attempt(measured, "i-1", 1, plan())
    assert (results.run_id, results.host, results.attempt, results.started) == ("r1", "i-1", 1, NOW)
    (one,) = results.measurements
    assert (one.id, one.target, one.instance, one.attempt, one.process, one.position) == ("mul", "all", "i-1", 1, 1, 1)


def test_the_time_and_stolen_time_of_a_benchmark_are_those_of_its_part_of_the_log(measured: Path) -> None:
    size = len(LOG.encode())
    (measured / "i-1/1/activity").write_text(f"1000.000 0 0 100\n1010.500 90 10 200\n1020.000 {size} 20 300\n")
    (one,) = attempt_results.of_attempt(measured, "i-1", 1, plan()).measurements
    assert (one.started, one.ended, one.steal) == (
        datetime.fromtimestamp(1010.5, UTC),
        datetime.fromtimestamp(1020, UTC),
        0.1,
    )


@pytest.mark.parametrize("notes", ["", "damaged\n", "1000.000 0 0 100\n"])
def test_times_that_were_not_noted_are_not_known(measured: Path, notes: str) -> None:
    (measured / "i-1/1/activity").write_text(notes)
    (one,) = attempt_results.of_attempt(measured, "i-1", 1, plan()).measurements
    assert (one.started, one.ended, one.steal) == (None, None, None)


def test_results_name_what_they_depend_on(measured: Path) -> None:
    results = attempt_results.of_attempt(measured, "i-1", 1, plan())
    assert results.code and results.platform and results.tool
    assert (results.code.suite, results.platform.instance_type) == ("plonky2", "c7i.large")


def test_a_machine_of_the_users_own_is_no_instance(measured: Path) -> None:
    results = attempt_results.of_attempt(measured, "i-1", 1, plan(launches=()))
    assert [one.instance for one in results.measurements] == [None]


def test_results_are_written_once_and_are_as_their_schema_says(measured: Path) -> None:
    assert attempt_results.write(measured, "i-1", 1, plan()) == (True, 1)
    assert attempt_results.write(measured, "i-1", 1, plan()) == (False, 1)
    written = record_files.read(Results, measured / "i-1/1")
    assert written == attempt_results.of_attempt(measured, "i-1", 1, plan())
    schema = msgspec.json.decode(record_schemas.schemas()[record_schemas.DIRECTORY / "results.json"])
    jsonschema.validate(msgspec.json.decode((measured / "i-1/1/results.json").read_bytes()), schema)


def test_a_dry_run_writes_nothing_and_knows_whether_it_would(measured: Path) -> None:
    assert attempt_results.write(measured, "i-1", 1, plan(), dry=True) == (True, 1)
    assert not (measured / "i-1/1/results.json").exists()


def test_an_attempt_without_a_directory_has_no_results(tmp_path: Path) -> None:
    assert attempt_results.write(tmp_path / "r1", "i-1", 1, plan()) == (False, 0)
    assert not (tmp_path / "r1").exists()


@pytest.mark.parametrize("damage", ["{", '{"schema_version": 2}', '{"schema_version": 1, "measurements": [{}]}'])
def test_what_is_damaged_is_written_anew(measured: Path, damage: str) -> None:
    (measured / "i-1/1/results.json").write_text(damage)
    assert attempt_results.write(measured, "i-1", 1, plan()) == (True, 1)


def planned(expected: int | None, **suite: Any) -> Preflight:
    made = PlannedMeasurement(suite=records.suite(expected=expected, **suite), suite_digest="asked")
    return plan(measurements=(made,))


def partial(run_dir: Path, expected: int | None) -> str | None:
    return attempt_results.of_attempt(run_dir, "i-1", 1, planned(expected)).partial


def test_results_are_partial_if_there_are_fewer_than_expected(measured: Path) -> None:
    assert partial(measured, None) is None
    assert partial(measured, 1) is None
    assert partial(measured, 74) == "1 of 74 benchmarks were measured."


def test_results_are_partial_if_the_attempt_failed_and_nobody_knows_how_many_there_are(measured: Path) -> None:
    failures.record_failure(measured, "i-1", "Measure", "i-1 is terminated.\nmore", attempt=1)
    assert partial(measured, None) == "It may be that not all benchmarks were measured: i-1 is terminated."
    assert partial(measured, 74) == "1 of 74 benchmarks were measured: i-1 is terminated."
    assert partial(measured, 1) is None


def test_results_of_what_a_restart_has_cut_off_are_partial(measured: Path) -> None:
    attempts.write(measured / "i-1", Attempt(number=1, suite=records.suite(expected=None), suite_digest="asked"))
    attempts.note_cut(measured / "i-1", 1)
    told = "It may be that not all benchmarks were measured: Its machine restarted while it was measured."
    assert partial(measured, None) == told


@pytest.mark.parametrize(("of", "stage", "attempt"), [("i-1", "publish", 1), ("i-1", "", 2), ("i-2", "", 1)])
def test_failures_of_other_stages_attempts_and_hosts_make_nothing_partial(
    measured: Path, of: str, stage: str, attempt: int
) -> None:
    failures.record_failure(measured, of, "Do", "It failed.", stage, attempt)
    assert partial(measured, None) is None


def test_of_nothing_there_is_no_part(host: Path) -> None:
    assert partial(host.parents[1], 74) is None


def test_without_criterions_files_what_the_log_shows_is_the_result(measured: Path) -> None:
    shutil.rmtree(measured / "i-1/1/criterion")
    log = LOG.replace("/all-", "/my_all-") + "sum/2                   time:   [1.0000 ns 2.0000 ns 3.0000 ns]\n"
    (measured / "i-1/1/benchmark.log").write_text(log)
    (measured / "i-1/1/activity").write_text(f"1000.000 0 0 100\n1010.500 90 10 200\n1020.000 {len(log)} 20 300\n")
    results = attempt_results.of_attempt(measured, "i-1", 1, planned(74, benches=("my-all",)))
    assert [(one.target, one.id, one.samples, one.process) for one in results.measurements] == [
        ("my-all", "mul", None, 1),
        ("my-all", "sum/2", None, 1),
    ]
    assert results.measurements[1].ended == datetime.fromtimestamp(1020, UTC)
    assert results.partial == "2 of 74 benchmarks were measured."
    assert results.notes == (
        "Criterion's files were not brought back: these numbers are from the log alone, without samples.",
    )


def test_of_a_target_that_ran_again_the_last_numbers_count_in_a_log_alone(measured: Path) -> None:
    shutil.rmtree(measured / "i-1/1/criterion")
    (measured / "i-1/1/benchmark.log").write_text(LOG + LOG.replace("10.000 ns", "10.500 ns"))
    (one,) = attempt_results.of_attempt(measured, "i-1", 1, planned(None)).measurements
    assert (one.shown.point, one.process) == (10.5, 1)


def test_the_end_that_a_host_has_named_counts_if_none_was_noted(measured: Path) -> None:
    record_files.write(measured, records.instances("i-1"))
    hour = attempt_results.of_attempt(measured, "i-1", 1, plan(), NOW + timedelta(hours=1)).money
    assert hour and hour.cost_usd == pytest.approx(hour.usd_per_hour)
