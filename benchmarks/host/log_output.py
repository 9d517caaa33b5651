"""What Cargo and the harnesses print while they measure, read from the log.

Criterion: `report.rs` of criterion.rs. The compiler's own harness and the crate bencher print a line of each benchmark,
`test NAME ... bench: N ns/iter (+/- N)`, with the median, and the longest sample less the shortest:
https://doc.rust-lang.org/unstable-book/library-features/test.html

A benchmark may print anything, a line of many megabytes too. Blanks before a word are therefore searched from the first
of them on, `(?<! ) +`: from each of them, the time would grow with the square of their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Colours and the like, titles of windows, and hyperlinks.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)")
# What is written over, as a bar of progress is.
_OVERWRITTEN = re.compile(r"^.*\r(?=[^\r\n])", re.MULTILINE)
# Cargo names what it runs by its source, and behind that by the executable, which is called after the target.
_RUNNING = re.compile(r"^ +Running .*?deps/(?P<target>[^/\s]+)-[0-9a-f]+\)?$", re.MULTILINE)
_BENCHMARKING = re.compile(r"^Benchmarking (?P<id>.+?)(?:: [A-Z].*)?(?=\n)", re.MULTILINE)
# A title of more than 23 characters stands on a line of its own.
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
    """What one target's program has printed. `target` is its executable's name, None before Cargo has named one."""

    target: str | None
    text: str


@dataclass(frozen=True)
class Printed:
    """The numbers of a benchmark as Criterion has printed them, in the unit that it has printed."""

    low: float
    point: float
    high: float
    unit: str


@dataclass(frozen=True)
class BenchLine:
    """A result line of libtest or bencher: the median, and the longest sample less the shortest."""

    id: str
    point: float
    unit: str
    spread: float


def plain(log: str) -> str:
    """The log as a terminal shows it, without colours."""
    return _OVERWRITTEN.sub("", _ESCAPES.sub("", log).replace("\r\n", "\n"))


def executable(target: str) -> str:
    """How Cargo calls the executable of a target."""
    return target.replace("-", "_")


def sections(log: str) -> tuple[Section, ...]:
    """The log by the target that has printed it."""
    head, *rest = _RUNNING.split(plain(log))
    return (Section(None, head), *(Section(t, text) for t, text in zip(rest[::2], rest[1::2], strict=True)))


def begun(section: Section) -> tuple[str, ...]:
    """Ids of the benchmarks that Criterion has begun, in their order.

    Whole lines only: of one that is still being written, half an id would count as another one.
    """
    return tuple(dict.fromkeys(match["id"] for match in _BENCHMARKING.finditer(section.text)))


def printed(section: Section) -> dict[str, Printed]:
    """What Criterion has printed of each benchmark, by its title."""
    return dict(_printed(section))


def _printed(section: Section) -> Iterator[tuple[str, Printed]]:
    for match in _TIME.finditer(section.text):
        try:
            low, point, high = (float(match[name]) for name in ("low", "point", "high"))
        except ValueError:
            continue  # a benchmark's own line that only looks like it
        yield match["title"].strip(), Printed(low, point, high, match["unit"])


def units(section: Section) -> set[str]:
    """Every unit that the section's results are printed in."""
    of_lines = {match["unit"] for match in _BENCH.finditer(section.text)}
    return of_lines | {one.unit for one in printed(section).values()}


def bench_lines(section: Section) -> tuple[BenchLine, ...]:
    """The results that a harness without files has printed line by line."""
    return tuple(
        BenchLine(match["id"], _number(match["point"]), match["unit"], _number(match["spread"]))
        for match in _BENCH.finditer(section.text)
        if match["id"]
    )


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def of_zero_time(section: Section) -> tuple[str, ...]:
    """Ids that Criterion has left out, since it measured no time at all."""
    return tuple(dict.fromkeys(match["id"] for match in _ZERO.finditer(section.text)))
