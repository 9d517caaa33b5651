"""The records of what has failed in a run."""

from __future__ import annotations

from pathlib import Path

from benchmarks.runs import failures


def test_failures_come_back_first_one_first(tmp_path: Path) -> None:
    for host in ("i-2", "i-1", "localhost"):
        failures.record_failure(tmp_path, host, "Build", f"{host} failed.")
    found = failures.failures(tmp_path)
    assert [(failure.host, failure.sentence) for failure in found] == [
        (host, f"{host} failed.") for host in ("i-2", "i-1", "localhost")
    ]
    assert all(failure.at and failure.at.tzinfo for failure in found)


def test_a_run_without_failures_has_none(tmp_path: Path) -> None:
    assert failures.failures(tmp_path) == ()
