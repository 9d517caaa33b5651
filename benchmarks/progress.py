"""How far a run is, and why a build failed, read from its log."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Whole lines only: of one that is still being written, half an id would count as another one.
_BENCHMARKING = re.compile(r"^Benchmarking (?P<id>.+?)(?:: [A-Z].*)?(?=\n)", re.MULTILINE)
_COMPILING = re.compile(r"^\s*Compiling (?P<crate>\S+)", re.MULTILINE)
_ERROR = re.compile(r"^(?:error(?:\[E\d+\])?: |thread '.*panicked at )", re.MULTILINE)
_AFTERMATH = re.compile(r"^error: (?:could not compile|aborting due to|build failed|bench failed)", re.MULTILINE)


@dataclass(frozen=True)
class Progress:
    """What was last begun, and how many have been begun."""

    last: str | None
    begun: int


def measured(log: str) -> Progress:
    """Which benchmark id runs, of a log that Criterion writes without a terminal."""
    ids = list(dict.fromkeys(match["id"] for match in _BENCHMARKING.finditer(log)))
    return Progress(ids[-1] if ids else None, len(ids))


def built(log: str) -> Progress:
    """Which crate is compiled."""
    crates = [match["crate"] for match in _COMPILING.finditer(log)]
    return Progress(crates[-1] if crates else None, len(crates))


def first_error(log: str, lines: int = 12) -> str:
    """The first error that a compiler or benchmark wrote, with what explains it; the log's end where there is none."""
    match = next((m for m in _ERROR.finditer(log) if not _AFTERMATH.match(log, m.start())), None) or _ERROR.search(log)
    if not match:
        return "\n".join(log.splitlines()[-lines:])
    block = log[match.start() :].split("\n\n", 1)[0]
    return "\n".join(block.splitlines()[:lines])
