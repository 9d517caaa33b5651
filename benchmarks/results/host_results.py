"""The results of one host: from Criterion's files, and from the log for harnesses that write no files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.host import log_output
from benchmarks.results import criterion
from benchmarks.results.estimates import Estimate, natural
from benchmarks.runs import run_layout

# Patterns in the log of a run without results, with the likely cause; the first match is reported.
_SIGNS = (
    (
        re.compile(r" time:   \["),
        "the results were written elsewhere, since the program sets its own output_directory in place of "
        "CRITERION_HOME: take that out of the benchmark",
    ),
    (
        re.compile(r"^running 0 tests$.*? 0 filtered out", re.MULTILINE | re.DOTALL),
        "the compiler's own harness ran in Criterion's place: put harness = false below the [[bench]] in Cargo.toml",
    ),
    (
        re.compile(r"^Testing .+\nSuccess$|^\S.*: (?:benchmark|bench|test)$", re.MULTILINE),
        "the benchmarks were only listed or tested: take --list or --test out of the suite's arguments",
    ),
)
_LIKELY = (
    "the benchmarks are not Criterion's, Cargo.toml lacks harness = false, the suite's arguments have --list, --test "
    "or a filter that matches nothing, or the results are written elsewhere than to CRITERION_HOME"
)


@dataclass(frozen=True)
class Results:
    """The results of a host. `problems` are sentences on results that are lost, `notes` are other remarks."""

    estimates: tuple[Estimate, ...]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def of_host(directory: Path) -> Results:
    """The results in a host's directory, from `criterion/<target>/` and `benchmark.log`, as far as they exist."""
    log = read_log(directory)
    homes = sorted(path for path in (directory / run_layout.CRITERION).glob("*") if path.is_dir())
    return combine([(home.name, home) for home in homes], log)


def read_log(directory: Path) -> str:
    path = directory / run_layout.LOG
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def combine(homes: Iterable[tuple[str, Path]], log: str) -> Results:
    """The results of targets, from their Criterion directories and their output in the log."""
    by_target = dict(homes)
    sections = log_output.sections(log)
    parts = {
        target: _of_target(
            target, home, [section for section in sections if section.target == log_output.executable(target)]
        )
        for target, home in by_target.items()
    }
    estimates = sorted(
        (estimate for part in parts.values() for estimate in part.estimates),
        key=lambda estimate: (estimate.target, natural(estimate.id)),
    )
    # Not every directory is a target's: a benchmark called `..` creates others.
    ran = {section.target for section in sections}
    silent = [
        target
        for target, part in parts.items()
        if log_output.executable(target) in ran and not part.estimates and not part.problems
    ]
    notes = [note for part in parts.values() for note in part.notes]
    if estimates:
        notes += [f"The target {target} measured nothing." for target in silent]
    if any(estimate.unit is None for estimate in estimates):
        notes.append("Numbers have no unit where Criterion printed none: they need not be times.")
    return Results(tuple(estimates), tuple(p for part in parts.values() for p in part.problems), tuple(notes))


def _of_target(target: str, home: Path, sections: list[log_output.Section]) -> Results:
    printed = {title: one for section in sections for title, one in log_output.printed(section).items()}
    units = {unit for section in sections for unit in log_output.units(section)}
    reading = criterion.read(home, target, printed, units)
    filed = {estimate.id for estimate in reading.estimates}
    lines = {line.id: of_line(target, line) for section in sections for line in log_output.bench_lines(section)}
    left_out = dict.fromkeys(id for section in sections for id in log_output.zero_time_ids(section))
    return Results(
        (*reading.estimates, *(line for id, line in lines.items() if id not in filed)),
        reading.problems,
        tuple(
            f"Criterion measured no time at all for {id} in the target {target}, and left it out."
            for id in left_out
            if id not in filed
        ),
    )


def of_line(target: str, line: log_output.BenchLine) -> Estimate:
    """The estimate in a result line of a harness that writes no files, such as libtest's."""
    return Estimate(target=target, id=line.id, statistic="median", point=line.point, unit=line.unit, spread=line.spread)


def shortfall(results: Results, log: str, expected: int | None) -> str:
    """A sentence on what is missing from the results of a successful run; empty if they are complete."""
    count = len(results.estimates)
    if results.problems:
        more = len(results.problems) - 1
        others = f"The same goes for {more} more; the" if more else "The"
        return f"{results.problems[0]} {others} other results are kept."
    if not count:
        return f"No benchmark result was found: {_likely_cause(log)}."
    if expected and count < expected:
        return f"{count} of {expected} benchmarks were measured. Their results are kept."
    return ""


def _likely_cause(log: str) -> str:
    text = log_output.plain(log)
    return next((cause for sign, cause in _SIGNS if sign.search(text)), _LIKELY)
