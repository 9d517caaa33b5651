"""What earlier runs say of how long a suite's benchmarks take."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.runs import earlier_durations, record_files
from benchmarks.runs.result_records import Results
from tests.support import result_samples

START = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)


@dataclass
class Runs:
    """A runs directory; each run that is written is newer than the one before."""

    directory: Path
    number: int = 0

    def write(self, seconds: float, *, suite: str = "plonky2", instance_type: str | None = "c7i.large") -> Path:
        """Write results of one benchmark that took so long, and of one of which that is not known."""
        self.number += 1
        record = result_samples.results(
            result_samples.criterion(target="all-ffts", started=START, ended=START + timedelta(seconds=seconds)),
            result_samples.criterion("mul", target="all-ffts"),
            code=result_samples.code(suite=suite),
            platform=result_samples.platform(instance_type=instance_type),
        )
        attempt = self.directory / f"run{self.number}" / "i-1" / "1"
        attempt.mkdir(parents=True)
        record_files.write(attempt, record)
        os.utime(attempt / Results.FILE, (self.number, self.number))
        return attempt / Results.FILE


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "runs")


def found(runs: Runs, instance_type: str | None = "c7i.large") -> float | None:
    """How long the benchmark is said to take, by the name that its program has."""
    return earlier_durations.find(runs.directory, "plonky2", instance_type).get(("all_ffts", "fft/8192"))


def test_the_newest_run_of_the_suite_tells(runs: Runs) -> None:
    runs.write(8)
    runs.write(9)
    runs.write(10, suite="other")
    assert found(runs) == 9


def test_a_run_on_the_same_type_comes_before_a_newer_one_on_another(runs: Runs) -> None:
    runs.write(8)
    runs.write(9, instance_type="m7a.large")
    runs.write(7, instance_type=None)
    assert found(runs) == 8
    assert found(runs, "m7a.large") == 9
    assert found(runs, None) == 7
    assert found(runs, "t3.large") == 7


def test_a_run_of_many_types_does_not_hide_an_earlier_one_of_the_same_type(runs: Runs) -> None:
    runs.write(8)
    for number in range(20):
        runs.write(9, instance_type=f"m{number}a.large")
    assert found(runs) == 8


def test_what_is_not_known_is_left_out(runs: Runs) -> None:
    runs.write(8)
    assert earlier_durations.find(runs.directory, "plonky2", None).keys() == {("all_ffts", "fft/8192")}


def test_results_that_cannot_be_read_are_passed_over(runs: Runs) -> None:
    runs.write(8)
    for content in (b"", b"{", b"[]", b'{"measurements": [], "code": null, "platform": null}', b"\xff"):
        runs.write(9).write_bytes(content)
    unreadable = runs.write(9)
    unreadable.unlink()
    unreadable.mkdir()
    assert found(runs) == 8


def test_only_the_newest_results_are_read(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier_durations, "LOOKED_AT", 2)
    runs.write(8)
    runs.write(1, suite="other")
    assert found(runs) == 8
    runs.write(1, suite="other")
    assert found(runs) is None


def test_without_a_directory_nothing_is_known(runs: Runs) -> None:
    assert found(runs) is None
