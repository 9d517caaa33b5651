"""The results of an attempt, from its files and the records of its run."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from benchmarks.readers import host_readings
from benchmarks.results import attempt_facts, manifest
from benchmarks.runs import record_files, run_layout
from benchmarks.runs.records import Preflight
from benchmarks.runs.result_records import Results


def of_attempt(run_dir: Path, host: str, attempt: int, plan: Preflight) -> Results:
    """The results of an attempt that has a directory. Raises OSError if its log cannot be read."""
    host_directory = run_layout.host(run_dir, host)
    reading = host_readings.of_host(run_layout.attempt(host_directory, attempt))
    instance = host if plan.launches else None
    measurements = tuple(replace(one, instance=instance, attempt=attempt) for one in reading.measurements)
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
