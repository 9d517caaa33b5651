"""Which rows of a comparison are shown, in which order, and which of them are beyond a limit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.comparison.comparing import Row, Verdict
from benchmarks.sides.pairs import Pair
from benchmarks.text import natural

# The order in which verdicts are shown.
VERDICTS = (Verdict.SLOWER, Verdict.FASTER, Verdict.UNCLEAR, Verdict.SAME)
CHANGED = frozenset({Verdict.SLOWER, Verdict.FASTER})
REGRESSIONS = frozenset({Verdict.SLOWER})


@dataclass(frozen=True)
class Selection:
    """The verdicts of the rows to show."""

    verdicts: frozenset[Verdict] = frozenset(Verdict)

    def rows(self, pair: Pair) -> list[Row]:
        """The slower first, then faster, unclear and same; in each the largest difference first, then by name."""
        return sorted((row for row in pair.comparison.rows if row.verdict in self.verdicts), key=_order)


def counts(pair: Pair) -> dict[Verdict, int]:
    """How many benchmarks have each verdict, in the order shown."""
    verdicts = [row.verdict for row in pair.comparison.rows]
    return {verdict: verdicts.count(verdict) for verdict in VERDICTS}


def slower_by_more(pair: Pair, share: float) -> list[Row]:
    """The benchmarks that are slower by their verdict, and by more than a share such as 0.05."""
    found = Selection(REGRESSIONS).rows(pair)
    return [row for row in found if abs(_log(row.ratio)) > math.log1p(share)]


def unclear(pair: Pair) -> list[Row]:
    return Selection(frozenset({Verdict.UNCLEAR})).rows(pair)


def targets(rows: Sequence[Row]) -> bool:
    """Whether the rows are of several targets, so that ids alone do not tell them apart."""
    return len({row.key.target for row in rows}) > 1


def _order(row: Row) -> tuple[int, float, list[tuple[str, int, str]], list[tuple[str, int, str]]]:
    return VERDICTS.index(row.verdict), -abs(_log(row.ratio)), natural(row.key.target or ""), natural(row.key.id)


def _log(ratio: float) -> float:
    return math.log(ratio) if ratio > 0 else -math.inf
