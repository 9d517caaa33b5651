"""The comparison of an old with a new result, benchmark by benchmark. The method is in docs/method.md."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from benchmarks.comparison import t_intervals, unit_numbers, verdicts
from benchmarks.comparison.geometric_mean import GeometricMean, geometric_mean
from benchmarks.comparison.t_intervals import Floats
from benchmarks.comparison.unit_numbers import BenchmarkKey, Excluded, Numbers, Sides
from benchmarks.comparison.verdicts import Changes, Limits
from benchmarks.runs.result_records import Interval


class Verdict(StrEnum):
    FASTER = "faster"
    SLOWER = "slower"
    SAME = "same"
    UNCLEAR = "unclear"


class Rule(StrEnum):
    """What a row's interval and verdict are based on."""

    INDEPENDENT = "Welch's t, or Student's where wider"
    PAIRED = "paired t"
    ASSUMED = "assumed noise"  # a side has one unit


@dataclass(frozen=True)
class Row:
    """The comparison of one benchmark. For rounds, units are complete pairs.

    A benchmark of which larger values are better is faster if its ratio is above 1. Interval and p are None if a side
    has one unit; p is not adjusted for the other benchmarks.
    """

    key: BenchmarkKey
    ratio: float  # new/old
    interval: Interval | None
    p: float | None
    verdict: Verdict
    rule: Rule
    units_old: int
    units_new: int


@dataclass(frozen=True)
class Comparison:
    """Rows are in the order of the old numbers.

    The geometric mean is None if there is no benchmark that every unit has measured. It is over those benchmarks of
    which smaller values are better, or over all if there are none: ratios of both kinds have no common meaning.
    """

    rows: tuple[Row, ...]
    only_old: tuple[BenchmarkKey, ...]
    only_new: tuple[BenchmarkKey, ...]
    excluded: tuple[Excluded, ...]
    geometric_mean: GeometricMean | None
    paired: bool
    limits: Limits

    def basis(self, row: Row) -> str:
        """What a row's verdict is based on, such as `one run each, 10 % noise assumed`."""
        if row.rule is Rule.ASSUMED:
            each = "one round" if self.paired else "one run each"
            runs = each if row.units_old == row.units_new else "one run on a side"
            return f"{runs}, {self.limits.noise * 100:.3g} % noise assumed"
        if row.rule is Rule.PAIRED:
            return f"{row.units_old} rounds, {row.rule}"
        return f"{row.units_old} against {row.units_new} runs, {row.rule}"


def compare(
    old: Numbers,
    new: Numbers,
    *,
    paired: bool = False,
    larger_is_better: Collection[BenchmarkKey] = (),
    limits: Limits | None = None,
) -> Comparison:
    """Compare two results. If `paired`, units of the same name were measured together, in one round.

    What cannot be compared is listed and excluded; the rest stands.
    """
    limits = limits or Limits()
    sides = unit_numbers.sides(old, new, paired=paired)
    smaller = [key for key in sides.old if key not in larger_is_better]
    return Comparison(
        rows=_rows(sides, paired, larger_is_better, limits),
        only_old=sides.only_old,
        only_new=sides.only_new,
        excluded=sides.excluded,
        geometric_mean=geometric_mean(sides.old, sides.new, smaller or [*sides.old], paired=paired, level=limits.level),
        paired=paired,
        limits=limits,
    )


def _rows(sides: Sides, paired: bool, larger_is_better: Collection[BenchmarkKey], limits: Limits) -> tuple[Row, ...]:
    if not sides.old:
        return ()
    old, new = _arrays(sides)
    ratios = (t_intervals.paired if paired else t_intervals.independent)(old, new, limits.level)
    changes = verdicts.changes(ratios, limits)
    rows = []
    for index, key in enumerate(sides.old):
        interval = t_intervals.interval(float(ratios.low[index]), float(ratios.high[index]), limits.level)
        rows.append(
            Row(
                key=key,
                ratio=t_intervals.ratio(float(ratios.log[index])),
                interval=interval,
                p=float(ratios.p[index]) if interval else None,
                verdict=_verdict(changes, index, key in larger_is_better),
                rule=(Rule.PAIRED if paired else Rule.INDEPENDENT) if interval else Rule.ASSUMED,
                units_old=len(sides.old[key]),
                units_new=len(sides.new[key]),
            )
        )
    return tuple(rows)


def _arrays(sides: Sides) -> tuple[Floats, Floats]:
    """The logarithms of both sides, benchmarks by units. Units of the same name have the same index."""
    units = sorted({unit for side in (sides.old, sides.new) for logs in side.values() for unit in logs})
    old, new = (
        np.array([[logs.get(unit, np.nan) for unit in units] for logs in side.values()])
        for side in (sides.old, sides.new)
    )
    return old, new


def _verdict(changes: Changes, index: int, larger_is_better: bool) -> Verdict:
    if changes.same[index]:
        return Verdict.SAME
    if changes.below[index]:
        return Verdict.SLOWER if larger_is_better else Verdict.FASTER
    if changes.above[index]:
        return Verdict.FASTER if larger_is_better else Verdict.SLOWER
    return Verdict.UNCLEAR
