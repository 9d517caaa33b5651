"""What is where in a run's directory."""

from __future__ import annotations

from pathlib import Path

from benchmarks.runs import record_files, run_layout
from benchmarks.runs.records import CurrentAttempt


def test_an_attempt_has_a_directory_below_its_hosts() -> None:
    assert run_layout.attempt(run_layout.host(Path("/runs/r1"), "i-1"), 2) == Path("/runs/r1/i-1/2")


def test_hosts_are_those_on_which_an_attempt_was_begun(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    for name in ("i-2", "i-1"):
        record_files.write(run_layout.host(tmp_path, name), CurrentAttempt(number=1))
    assert [path.name for path in run_layout.hosts(tmp_path)] == ["i-1", "i-2"]
