"""The results of one attempt on a host: from Criterion's files, and from the log for harnesses that write no files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from benchmarks.host import log_output
from benchmarks.readers import benchmark_log, criterion, log_readings
from benchmarks.readers.benchmark_log import Log, Place, ProgramOutput
from benchmarks.readers.nothing_measured import ELSEWHERE
from benchmarks.runs import run_layout
from benchmarks.runs.result_records import BenchmarkMeasurement
from benchmarks.text import natural

LOG_ALONE = "Criterion's files were not brought back: these numbers are from the log alone, without samples."
NO_UNIT = "Numbers have no unit where Criterion printed none: they need not be times."


@dataclass(frozen=True)
class Found:
    """A measurement, and which part of the log it has written, if any."""

    measurement: BenchmarkMeasurement
    place: Place | None = None


@dataclass(frozen=True)
class Reading:
    """What was measured. `problems` are sentences on results that are lost, `notes` are other remarks.

    `likely_cause` is a part of a sentence: why there are no results, if there are none.
    """

    found: tuple[Found, ...]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    likely_cause: str = ""

    @property
    def measurements(self) -> tuple[BenchmarkMeasurement, ...]:
        return tuple(one.measurement for one in self.found)


def of_host(directory: Path) -> Reading:
    """The results in an attempt's directory, from `criterion/<target>/` and `benchmark.log`, as far as they exist.

    Without `criterion/`, as of a host that was lost, they are those that the log shows.

    Raises OSError if the log cannot be read.
    """
    log = benchmark_log.read(directory / run_layout.LOG)
    if not (directory / run_layout.CRITERION).exists():
        return _of_log(log)
    homes = sorted(path for path in (directory / run_layout.CRITERION).glob("*") if path.is_dir())
    return combine({home.name: home for home in homes}, log)


def _of_log(log: Log) -> Reading:
    """The results of a host whose Criterion directory was not brought back, or that never had one."""
    targets = dict.fromkeys(program.target for program in log.programs)
    found = [Found(*one) for target in targets for one in log_readings.of_program(_together(target, log.programs))]
    found.sort(key=lambda one: (one.measurement.target or "", natural(one.measurement.id)))
    notes = (LOG_ALONE, *log_readings.left_out(log)) if found else ()
    return Reading(tuple(found), notes=notes, likely_cause=log.likely_cause)


def combine(homes: Mapping[str, Path], log: Log) -> Reading:
    """The results of targets, from their Criterion directories and their output in the log."""
    outputs = {target: _together(target, log.programs) for target in homes}
    parts = {target: _of_target(target, home, outputs[target]) for target, home in homes.items()}
    found = sorted(
        (one for part in parts.values() for one in part.found),
        key=lambda one: (one.measurement.target or "", natural(one.measurement.id)),
    )
    # Not every directory is a target's: a benchmark called `..` creates others.
    ran = {program.target for program in log.programs}
    silent = [
        target
        for target, part in parts.items()
        if log_output.executable(target) in ran and not part.found and not part.problems
    ]
    notes = [note for part in parts.values() for note in part.notes]
    if found:
        notes += [f"The target {target} measured nothing." for target in silent]
    if any(one.measurement.unit is None for one in found):
        notes.append(NO_UNIT)
    cause = ELSEWHERE if any(program.printed for program in log.programs) else log.likely_cause
    return Reading(tuple(found), tuple(p for part in parts.values() for p in part.problems), tuple(notes), cause)


def _together(target: str | None, programs: Sequence[ProgramOutput]) -> ProgramOutput:
    """The output of all processes of a target. Those of a repeated attempt replace what earlier ones have printed."""
    whole = ProgramOutput(target)
    for program in programs:
        if program.target == (target and log_output.executable(target)):
            whole.printed.update(program.printed)
            whole.lines.update(program.lines)
            whole.places.update(program.places)
            whole.skipped += program.skipped
            whole.units |= program.units
    return whole


def _of_target(target: str, home: Path, output: ProgramOutput) -> Reading:
    reading = criterion.read(home, output)
    filed = {one.id: (title, one) for title, one in reading.measurements}
    lines = {id: (id, log_readings.of_bench_line(id, line)) for id, line in output.lines.items() if id not in filed}
    found = (
        Found(replace(one, target=target, position=place.position if place else None), place)
        for title, one in (*filed.values(), *lines.values())
        for place in [output.places.get(title)]
    )
    left_out = (
        f"Criterion measured no time at all for {id} in the target {target}, and left it out."
        for id in dict.fromkeys(output.skipped)
        if id not in filed
    )
    return Reading(tuple(found), reading.problems, tuple(left_out))


def shortfall(reading: Reading, expected: int | None) -> str:
    """A sentence on what is missing from the results of a successful run; empty if they are complete."""
    count = len(reading.found)
    if reading.problems:
        more = len(reading.problems) - 1
        others = f"The same goes for {more} more; the" if more else "The"
        return f"{reading.problems[0]} {others} other results are kept."
    if not count:
        return f"No benchmark result was found: {reading.likely_cause}."
    if expected and count < expected:
        return f"{count} of {expected} benchmarks were measured. Their results are kept."
    return ""
