"""What bench.report writes, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.cli import report_command
from benchmarks.errors import FailedError, RefusedError
from benchmarks.runs import record_files
from tests.support.result_samples import code, criterion, results


@pytest.fixture(autouse=True)
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two results in the current directory, one twice as slow as the other."""
    monkeypatch.chdir(tmp_path)
    for name, point in (("old", 100.0), ("new", 200.0)):
        record_files.write_file(tmp_path / f"{name}.json", results(criterion(point=point, instance=f"i-{name}")))
    return tmp_path


def test_one_source_has_a_page_of_estimates(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report_command.run({"sources": ["old.json"]})
    assert capsys.readouterr().out == f"Page      {directory}/report.html\n"
    text = (directory / "report.html").read_text()
    assert '"verdict":"' not in text.replace(" ", "")


def test_several_sources_are_compared_with_the_first(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report_command.run({"sources": ["old.json", "new.json"], "page_file": str(directory / "a/both.html")})
    assert capsys.readouterr().out == f"Page      {directory}/a/both.html\n"
    assert '"verdict":"slower"' in (directory / "a/both.html").read_text().replace(" ", "")


def test_what_cannot_be_compared_is_shown_without_a_comparison(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = results(criterion(instance="i-other"), code=code(features=("parallel",)))
    record_files.write_file(directory / "other.json", other)
    record_files.write_file(directory / "old.json", results(criterion(instance="i-old"), code=code(features=())))
    report_command.run({"sources": ["old.json", "other.json"]})
    said = capsys.readouterr().out.splitlines()
    assert said[1].startswith("          without a comparison: ")
    assert "features" in said[1]
    assert (directory / "report.html").exists()


def test_what_has_no_results_is_refused_and_nothing_is_written(directory: Path) -> None:
    with pytest.raises(RefusedError):
        report_command.run({"sources": ["absent.json"], "runs_dir": str(directory)})
    assert not (directory / "report.html").exists()


def test_a_file_that_cannot_be_written_is_named(directory: Path) -> None:
    with pytest.raises(FailedError, match=rf"^{directory}/old\.json/page\.html cannot be written: "):
        report_command.run({"sources": ["old.json"], "page_file": str(directory / "old.json/page.html")})
