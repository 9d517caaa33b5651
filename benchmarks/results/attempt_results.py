"""The results of an attempt, from its files and the records of its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from benchmarks.host import activity, log_output
from benchmarks.readers import host_readings
from benchmarks.readers.benchmark_log import Place
from benchmarks.results import attempt_facts, manifest
from benchmarks.runs import attempts, failures, record_files, run_layout
from benchmarks.runs.records import Preflight
from benchmarks.runs.result_records import Results

# The stages, as failures name them, that are about what is measured.
_MEASURING = ("", "finish")
_CUT = "Its machine restarted while it was measured."


def of_attempt(run_dir: Path, host: str, attempt: int, plan: Preflight, ended: datetime | None = None) -> Results:
    """The results of an attempt that has a directory. Raises OSError if its log cannot be read.

    `ended` is when it ended, for a host that has not noted when its benchmarks did.
    """
    host_directory = run_layout.host(run_dir, host)
    directory = run_layout.attempt(host_directory, attempt)
    reading = host_readings.of_host(directory)
    instance = host if plan.launches else None
    looks = _looks(directory)
    suite = manifest.suite_of(host_directory, attempt, plan)
    # A log alone names the executables of targets.
    targets = {log_output.executable(name): name for name in suite.benches}
    measurements = tuple(
        replace(
            one.measurement,
            target=targets.get(one.measurement.target or "", one.measurement.target),
            instance=instance,
            attempt=attempt,
            **_times(looks, one.place),
        )
        for one in reading.found
    )
    last = max((one.ended for one in measurements if one.ended), default=ended)
    facts = attempt_facts.of_attempt(run_dir, host, attempt, plan, last)
    return Results(
        run_id=run_dir.name,
        host=host,
        attempt=attempt,
        started=plan.started,
        expected=suite.expected,
        measurements=measurements,
        problems=reading.problems,
        notes=reading.notes,
        code=facts.code,
        platform=facts.platform,
        money=facts.money,
        tool=facts.tool,
        partial=_partial(len(measurements), suite.expected, _why(run_dir, host, attempt)),
    )


def _why(run_dir: Path, host: str, attempt: int) -> str:
    """Why the attempt may not be measured to its end, as a sentence; empty if it was, as far as is recorded."""
    found = (one for one in failures.failures(run_dir) if one.is_of(host, attempt) and one.stage in _MEASURING)
    if failed := next(found, None):
        return failed.sentence.partition("\n")[0]
    return _CUT if attempts.was_cut(run_layout.host(run_dir, host), attempt) else ""


def _partial(count: int, expected: int | None, why: str) -> str | None:
    """Why the benchmarks that were measured may not be all: without any, there is no result, not a part of one."""
    if not count or (expected is not None and count >= expected):
        return None
    if expected is None:
        return f"It may be that not all benchmarks were measured: {why}" if why else None
    measured = f"{count} of {expected} benchmarks were measured"
    return f"{measured}: {why}" if why else f"{measured}."


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
