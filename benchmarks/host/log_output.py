"""Parses what Cargo and the benchmark harnesses print while they measure.

Criterion's output is defined in `report.rs` of criterion.rs. libtest and the crate bencher print one line for each
benchmark, `test NAME ... bench: N ns/iter (+/- N)`, with the median, and the longest sample minus the shortest:
https://doc.rust-lang.org/unstable-book/library-features/test.html

A benchmark may print anything, even a line of many megabytes. Runs of blanks are therefore matched from their first
blank only, `(?<! ) +`: trying each blank would take time quadratic in their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Colours and other control sequences, window titles, and hyperlinks.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)")
# Text that is overwritten, such as a progress bar.
_OVERWRITTEN = re.compile(r"^.*\r(?=[^\r\n])", re.MULTILINE)
# Cargo prints the source file and then the executable, which is named after the target.
_RUNNING = re.compile(r"^ +Running .*?deps/(?P<target>[^/\s]+)-[0-9a-f]+\)?$", re.MULTILINE)
_BENCHMARKING = re.compile(r"^Benchmarking (?P<id>.+?)(?:: [A-Z].*)?(?=\n)", re.MULTILINE)
# Criterion puts a title of more than 23 characters on a line of its own.
_TIME = re.compile(
    r"^(?P<title>.*?)(?:\n {20,}|(?<! ) +)time:   "
    r"\[(?P<low>\S+) (?P<unit>.*?) (?P<point>\S+) (?P=unit) (?P<high>\S+) (?P=unit)\]",
    re.MULTILINE,
)
_NUMBER = r"[\d,]+(?:\.\d+)?"
_BENCH = re.compile(
    r"^(?:test (?P<id>.+?)(?<! ) +\.\.\. )?"
    rf"bench: +(?P<point>{_NUMBER}) (?P<unit>\S+)/iter \(\+/- (?P<spread>{_NUMBER})\)",
    re.MULTILINE,
)
_ZERO = re.compile(
    r"^Criterion\.rs ERROR: At least one measurement of benchmark (?P<id>.+) took zero time", re.MULTILINE
)


@dataclass(frozen=True)
class Section:
    """The output of one target's program. `target` is its executable's name, None before the first program starts."""

    target: str | None
    text: str


@dataclass(frozen=True)
class Printed:
    """The confidence interval and point estimate that Criterion prints for a benchmark, in the unit that it prints."""

    low: float
    point: float
    high: float
    unit: str


@dataclass(frozen=True)
class BenchLine:
    """A result line of libtest or bencher: the median, and the longest sample minus the shortest (`spread`)."""

    id: str
    point: float
    unit: str
    spread: float


def plain(log: str) -> str:
    """The log as a terminal shows it, without colours."""
    return _OVERWRITTEN.sub("", _ESCAPES.sub("", log).replace("\r\n", "\n"))


def executable(target: str) -> str:
    """The name that Cargo gives the executable of a target, without its hash."""
    return target.replace("-", "_")


def sections(log: str) -> tuple[Section, ...]:
    """Split the log by target."""
    head, *rest = _RUNNING.split(plain(log))
    return (Section(None, head), *(Section(t, text) for t, text in zip(rest[::2], rest[1::2], strict=True)))


def begun(section: Section) -> tuple[str, ...]:
    """Ids of the benchmarks that Criterion has begun, in order.

    Only complete lines count: part of an id on an unfinished line would count as another benchmark.
    """
    return tuple(dict.fromkeys(match["id"] for match in _BENCHMARKING.finditer(section.text)))


def printed(section: Section) -> dict[str, Printed]:
    """What Criterion has printed for each benchmark, by its title."""
    return dict(_printed(section))


def _printed(section: Section) -> Iterator[tuple[str, Printed]]:
    for match in _TIME.finditer(section.text):
        try:
            low, point, high = (float(match[name]) for name in ("low", "point", "high"))
        except ValueError:
            continue  # printed by the benchmark itself and only similar
        yield match["title"].strip(), Printed(low, point, high, match["unit"])


def units(section: Section) -> set[str]:
    """The units of all results in the section."""
    of_lines = {match["unit"] for match in _BENCH.finditer(section.text)}
    return of_lines | {one.unit for one in printed(section).values()}


def bench_lines(section: Section) -> tuple[BenchLine, ...]:
    """The result lines of libtest or bencher, which write no files."""
    return tuple(
        BenchLine(match["id"], _number(match["point"]), match["unit"], _number(match["spread"]))
        for match in _BENCH.finditer(section.text)
        if match["id"]
    )


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def zero_time_ids(section: Section) -> tuple[str, ...]:
    """Ids of the benchmarks that Criterion skipped because a measurement took zero time."""
    return tuple(dict.fromkeys(match["id"] for match in _ZERO.finditer(section.text)))
