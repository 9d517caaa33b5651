"""The results of an attempt, from its files and the records of its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from benchmarks.host import activity
from benchmarks.readers import host_readings
from benchmarks.readers.benchmark_log import Place
from benchmarks.results import attempt_facts, manifest
from benchmarks.runs import record_files, run_layout
from benchmarks.runs.records import Preflight
from benchmarks.runs.result_records import Results


def of_attempt(run_dir: Path, host: str, attempt: int, plan: Preflight) -> Results:
    """The results of an attempt that has a directory. Raises OSError if its log cannot be read."""
    host_directory = run_layout.host(run_dir, host)
    directory = run_layout.attempt(host_directory, attempt)
    reading = host_readings.of_host(directory)
    instance = host if plan.launches else None
    looks = _looks(directory)
    measurements = tuple(
        replace(one.measurement, instance=instance, attempt=attempt, **_times(looks, one.place))
        for one in reading.found
    )
    ended = max((one.ended for one in measurements if one.ended), default=None)
    facts = attempt_facts.of_attempt(run_dir, host, attempt, plan, ended)
    return Results(
        run_id=run_dir.name,
        host=host,
        attempt=attempt,
        started=plan.started,
        expected=manifest.suite_of(host_directory, attempt, plan).expected,
        measurements=measurements,
        problems=reading.problems,
        notes=reading.notes,
        code=facts.code,
        platform=facts.platform,
        money=facts.money,
        tool=facts.tool,
    )


def _looks(directory: Path) -> tuple[activity.Look, ...]:
    path = directory / run_layout.ACTIVITY
    return activity.read(path.read_text(errors="replace")) if path.is_file() else ()


def _times(looks: Sequence[activity.Look], place: Place | None) -> Mapping[str, datetime | float | None]:
    """When a measurement was begun and ended, and how much CPU time was stolen, as far as it is known."""
    span = activity.between(looks, place.begin, place.end) if place else None
    return {"started": span.started, "ended": span.ended, "steal": span.steal} if span else {}


def write(run_dir: Path, host: str, attempt: int, plan: Preflight, *, dry: bool = False) -> tuple[bool, int]:
    """Write an attempt's results. Returns whether the file changed, and the number of measurements.

    With `dry`, or for an attempt without a directory, nothing is written. Raises OSError.
    """
    directory = run_layout.attempt(run_layout.host(run_dir, host), attempt)
    if not directory.is_dir():
        return False, 0
    results = of_attempt(run_dir, host, attempt, plan)
    changed = not (directory / Results.FILE).exists() if dry else record_files.write(directory, results)
    return changed, len(results.measurements)
