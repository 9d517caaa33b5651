"""The results of an attempt, as the report stage writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import msgspec
import pytest

from benchmarks.pages import record_schemas
from benchmarks.results import attempt_results
from benchmarks.runs import record_files
from benchmarks.runs.result_records import Results
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
