"""Pages as files."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from benchmarks.errors import FailedError
from benchmarks.results.labelled import Labelled
from benchmarks.runs import record_files
from benchmarks.runs.result_records import Results
from benchmarks.web_page import page_files
from tests.support.result_samples import criterion, results


def test_a_page_is_written_with_its_directory_and_only_if_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "new/page.html"
    sources = [Labelled("r1", results(criterion(id="mul")))]
    assert page_files.write(path, sources)
    assert not page_files.write(path, sources)
    assert path.read_text().startswith("<!doctype html>")
    assert stat.S_IMODE(path.stat().st_mode) & 0o400


def test_the_page_of_an_attempt_stands_beside_its_results(tmp_path: Path) -> None:
    record_files.write(tmp_path, results(criterion(id="mul")))
    assert page_files.write_of_attempt(tmp_path)
    assert "mul" in (tmp_path / "report/index.html").read_text()


def test_an_attempt_that_measured_nothing_has_no_page(tmp_path: Path) -> None:
    assert not page_files.write_of_attempt(tmp_path)
    record_files.write(tmp_path, Results(measurements=()))
    assert not page_files.write_of_attempt(tmp_path)
    assert not (tmp_path / "report").exists()


def test_damaged_results_are_named(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text("{")
    with pytest.raises(FailedError, match=rf"^{tmp_path}/results\.json cannot be read "):
        page_files.write_of_attempt(tmp_path)
