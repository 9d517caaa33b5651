"""How far a run is, read from its log."""

from __future__ import annotations

import re
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
