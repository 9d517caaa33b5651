"""Reads what the programs of a `cargo bench` log have measured, however long the log is."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from benchmarks.host import log_output
from benchmarks.readers.log_lines import Line, lines
from benchmarks.readers.nothing_measured import Signs
from benchmarks.readers.printed_results import BenchLine, Printed, bench_line, criterion_throughput, criterion_time

_ZERO = re.compile(r"Criterion\.rs ERROR: At least one measurement of benchmark (?P<id>.+) took zero time")
_TEST = re.compile(r"test (?P<id>.+?)(?<! ) +\.\.\. ?")
# How many lines of stderr may come between a title and its result.
_INTERLEAVED = 8


@dataclass(frozen=True)
class Place:
    """The part of the log that a benchmark has written: its offsets in bytes, and its position in the program's."""

    begin: int
    end: int
    position: int


@dataclass
class ProgramOutput:
    """What one process has printed, by the benchmarks' titles. `target` is its executable's name, if Cargo named it."""

    target: str | None
    printed: dict[str, Printed] = field(default_factory=dict)
    lines: dict[str, BenchLine] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)  # by Criterion, since they took no time
    units: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        return not (self.printed or self.lines or self.skipped or self.units)


@dataclass(frozen=True)
class Log:
    """The output of each program, in order, and why the log has no result if it has none, as part of a sentence."""

    programs: tuple[ProgramOutput, ...]
    likely_cause: str


def read(path: Path) -> Log:
    """Read a log; a file that does not exist is an empty log. Raises OSError for one that cannot be read."""
    try:
        with path.open("rb") as file:
            return read_stream(file)
    except FileNotFoundError:
        return read_lines(())


def read_stream(file: IO[bytes]) -> Log:
    return read_lines(lines(file))


def read_lines(log: Iterable[Line]) -> Log:
    reader, signs = _Reader(), Signs()
    for line in log:
        signs.see(line.text)
        reader.read(line)
    programs = tuple(program for program in reader.programs if program.target or not program.is_empty)
    return Log(programs, signs.cause)


class _Reader:
    """Collects results line by line. Until Cargo names a program, lines count as those of one without a name."""

    def __init__(self) -> None:
        self.programs: list[ProgramOutput] = []
        self._begin(None)

    def _begin(self, target: str | None) -> None:
        self._program = ProgramOutput(target)
        self.programs.append(self._program)
        self._recent: deque[str] = deque(maxlen=_INTERLEAVED)
        self._begun: dict[str, int] = {}  # where Criterion has announced each benchmark first
        self._announced: str | None = None  # the last of them
        self._timed: str | None = None  # whose time Criterion has printed last
        self._tested: str | None = None  # which libtest has begun and printed no result for

    def read(self, line: Line) -> None:
        text = line.text
        if found := log_output.RUNNING.fullmatch(text):
            self._begin(found["target"])
        elif id := log_output.announced(text):
            self._announced = id
            self._begun.setdefault(id, line.begin)
        elif timed := criterion_time(text):
            title, printed = timed
            self._timed = self._add(title or self._title_above(), line, printed)
        elif measured := bench_line(text):
            before, result = measured
            name = _TEST.fullmatch(before)
            self._add(name["id"] if name else self._tested, line, result)
            self._tested = None
        elif found := _TEST.match(text):
            # What the benchmark prints itself may come between its name and its result.
            self._tested = found["id"]
        elif found := _ZERO.match(text):
            self._program.skipped.append(found["id"])
        elif self._timed:
            self._add_throughput(self._timed, text)
        if stripped := text.strip():
            self._recent.append(stripped)

    def _title_above(self) -> str | None:
        """Criterion puts a title of more than 23 characters on a line of its own, above the result."""
        return self._announced if self._announced in self._recent else next(reversed(self._recent), None)

    def _add(self, title: str | None, line: Line, result: Printed | BenchLine) -> str | None:
        if title in self._program.places:
            # A program measures a benchmark once, so another one has started, and Cargo did not say so.
            self._begin(self._program.target)
        program = self._program
        program.units.add(result.unit)
        if title is not None:
            program.places[title] = Place(self._begun.get(title, line.begin), line.end, len(program.places) + 1)
            if isinstance(result, Printed):
                program.printed[title] = result
            else:
                program.lines[title] = result
        return title

    def _add_throughput(self, title: str, text: str) -> None:
        printed = self._program.printed[title]
        amounts = criterion_throughput(text, printed)
        self._program.printed[title] = replace(printed, throughput={**printed.throughput, **amounts})
