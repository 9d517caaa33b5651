"""How far a run is, read from its log."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.host import log_output

_COMPILING = re.compile(r"^ *Compiling (?P<crate>\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Progress:
    """What was last begun, and how many have been begun."""

    last: str | None
    begun: int


def measured(log: str) -> Progress:
    """Which benchmark runs, of a log that Criterion writes without a terminal."""
    # Two targets may have benchmarks of one id.
    ids = [id for section in log_output.sections(log) for id in log_output.begun(section)]
    return Progress(ids[-1] if ids else None, len(ids))


def built(log: str) -> Progress:
    """Which crate is compiled."""
    crates = [match["crate"] for match in _COMPILING.finditer(log)]
    return Progress(crates[-1] if crates else None, len(crates))


# Where Cargo starts the next program of benchmarks.
_NEXT_PROGRAM = re.compile(r"^ +Running \S", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """Building or measuring: what it is called, what it does to one item, and how its log is read."""

    name: str
    verb: str
    read: Callable[[str], Progress]


BUILD = Step("building", "compiling", built)
MEASURE = Step("measuring", "measuring", measured)


def gist(log: str) -> str:
    """The last line of a log that says something, be it unfinished, as a terminal would show it; else an empty text."""
    # What the last lines are made of is enough to look at.
    lines = log_output.plain(log[-10_000:]).splitlines()
    return next((" ".join(line.split()) for line in reversed(lines) if line.strip()), "")


def line(step: Step, seconds: float, expected: int, log: str) -> str:
    """How far a step is after so many seconds: which item it is at, or else what its log said last.

    `expected` is the number of items, 0 where it is not known.
    """
    minutes, rest = divmod(int(seconds), 60)
    clock = f"  {minutes}:{rest:02}"
    programs = [match.start() for match in _NEXT_PROGRAM.finditer(log)]
    # An item of an earlier program is no longer at work.
    last = step.read(log[programs[-1] :] if programs else log).last
    if last:
        begun = step.read(log).begun
        return f"{clock} {step.verb} {last} ({f'{begun} of {expected}' if expected else begun})"
    said = gist(log)
    return f"{clock} {step.name}{f': {said}' if said else ''}"
