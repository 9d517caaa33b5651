"""The progress of a build or a measurement, read from its log."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.host import log_output
from benchmarks.host.remaining import Benchmark

_COMPILING = re.compile(r"^ *Compiling (?P<crate>\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Progress:
    """The item (crate or benchmark) begun last, and the number of items begun."""

    last: str | None
    begun: int


def begun(log: str) -> tuple[Benchmark, ...]:
    """The benchmarks that were begun, in order, from a log that Criterion writes without a terminal.

    Two targets may use the same id.
    """
    found = [(part.target or "", id) for part in log_output.sections(log) for id in log_output.begun(part)]
    return tuple(dict.fromkeys(found))


def measured(log: str) -> Progress:
    """Progress of a measurement."""
    all = begun(log)
    return Progress(all[-1][1] if all else None, len(all))


def built(log: str) -> Progress:
    """Progress of a build."""
    crates = [match["crate"] for match in _COMPILING.finditer(log)]
    return Progress(crates[-1] if crates else None, len(crates))


# Cargo prints this when it starts the next benchmark program.
_NEXT_PROGRAM = re.compile(r"^ +Running \S", re.MULTILINE)


# Longer logs are shortened, so that neither the memory nor the time for a line of progress grows with the log.
LONGEST = 2**19  # bytes
_RECENT = 2**16  # bytes at the end, which stay as they are


def shortened(log: bytes) -> bytes:
    """A log of at most LONGEST bytes that says as much of the progress.

    Of all but its end, only the lines that say what was begun are kept, the last of them if they are too many.
    """
    if len(log) <= LONGEST:
        return log
    # A line is cut only if it alone is longer than the end.
    cut = log.find(b"\n", len(log) - _RECENT) + 1 or len(log) - _RECENT
    begun = "".join(f"{line}\n" for line in _begun(log[:cut].decode(errors="replace"))).encode()
    return begun[-(LONGEST - _RECENT) // 2 :] + log[cut:]


def _begun(log: str) -> Iterator[str]:
    """The lines of a log that say which programs, crates and benchmarks were begun, each benchmark once."""
    ids: set[str] = set()
    for line in log_output.plain(log).split("\n"):
        if _NEXT_PROGRAM.match(line):
            ids.clear()
            yield line
        elif _COMPILING.match(line):
            yield line
        elif (id := log_output.announced(line)) is not None and id not in ids:
            ids.add(id)
            yield line


@dataclass(frozen=True)
class Step:
    """Building or measuring: `read` reads the progress from its log, and `items` is what it counts."""

    name: str
    read: Callable[[str], Progress]
    items: tuple[str, str]  # one, many; empty if the count alone says enough


BUILD = Step("building", built, (" crate,", " crates,"))
MEASURE = Step("measuring", measured, ("", ""))


def last_line(log: str) -> str:
    """The last line of a log that is not blank, finished or not, as a terminal would show it; empty without one."""
    # The end of the log is enough.
    lines = log_output.plain(log[-10_000:]).splitlines()
    return next((" ".join(line.split()) for line in reversed(lines) if line.strip()), "")


def line(step: Step, seconds: float, expected: int, log: str, left: str = "") -> str:
    """The line of progress of a step after `seconds`: how much is done, and the current item, or else the last line.

    `expected` is the number of items, 0 if it is not known; `left` is how much longer it takes, in words. The item is
    last, since a narrow terminal cuts the end.
    """
    minutes, rest = divmod(int(seconds), 60)
    done = f"  {minutes}:{rest:02} {step.name}{f', {left}' if left else ''}"
    programs = [match.start() for match in _NEXT_PROGRAM.finditer(log)]
    # The current item can only be one of the last program's.
    last = step.read(log[programs[-1] :] if programs else log).last
    if last:
        begun = step.read(log).begun
        # A number that is exceeded was not the right one.
        total = f"/{expected}" if expected >= begun else ""
        return f"{done}: {begun}{total}{step.items[(expected if total else begun) != 1]} {last}"
    said = last_line(log)
    return f"{done}{f': {said}' if said else ''}"
