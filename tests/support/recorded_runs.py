"""Runs as they are kept on this machine: with results, or as versions that wrote none have left them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.runs import record_files, run_layout
from benchmarks.runs.records import CurrentAttempt
from benchmarks.runs.result_records import Results
from tests.support import records, result_samples

LOG = (
    "     Running benches/all.rs (target/release/deps/all-27f45bc17686f575)\n"
    "mul                     time:   [9.0000 ns 10.000 ns 11.000 ns]\n"
)


def begin(runs_dir: Path, run_id: str, *, minutes: int = 0, hosts: tuple[str, ...] = ("i-1",), **plan: Any) -> Path:
    """A run that was planned some minutes after the first could be, and has begun on its hosts."""
    run = runs_dir / run_id
    started = records.STARTED + timedelta(minutes=minutes)
    record_files.write_file(_made(run) / "preflight.json", records.preflight(started=started, **plan))
    for host in hosts:
        record_files.write(_made(run / host), CurrentAttempt(number=1))
    return run


def measured(runs_dir: Path, run_id: str, *, point: float = 100.0, **begun: Any) -> Path:
    """A run that has measured one benchmark on each host, and has recorded and published it."""
    run = begin(runs_dir, run_id, **begun)
    for host in run_layout.hosts(run):
        made = result_samples.results(result_samples.criterion(point=point), host=host.name, run_id=run_id)
        record_files.write(write(host, 1, made), records.published())
    return run


def write(host: Path, attempt: int, results: Results) -> Path:
    """The directory of an attempt with these results."""
    directory = _made(run_layout.attempt(host, attempt))
    record_files.write(directory, results)
    return directory


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    return directory
