"""The geometric mean of a comparison's ratios."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from benchmarks.comparison import t_intervals
from benchmarks.comparison.t_intervals import Floats
from benchmarks.comparison.unit_numbers import BenchmarkKey, Logs
from benchmarks.runs.result_records import Interval


@dataclass(frozen=True)
class GeometricMean:
    """The geometric mean of the ratios new/old of `keys`; no interval if a side has one unit."""

    ratio: float
    interval: Interval | None
    keys: tuple[BenchmarkKey, ...]
    units_old: int
    units_new: int


def geometric_mean(
    old: Logs, new: Logs, keys: Collection[BenchmarkKey], *, paired: bool, level: float
) -> GeometricMean | None:
    """The geometric mean over those of `keys` that every unit of both sides has measured; None if there is none.

    Each unit counts once, with its own geometric mean, since a unit that is slow as a whole is slow in all benchmarks:
    their ratios are not independent. `keys` must be on both sides; for pairs, so must be the units.
    """
    units = [sorted({unit for key in keys for unit in side[key]}) for side in (old, new)]
    common = tuple(
        key for key in keys if all(len(side[key]) == len(names) for side, names in zip((old, new), units, strict=True))
    )
    if not common or not all(units):
        return None
    first, second = (_means(side, common, names) for side, names in zip((old, new), units, strict=True))
    found = (t_intervals.paired if paired else t_intervals.independent)(first, second, level)
    return GeometricMean(
        ratio=t_intervals.ratio(float(found.log)),
        interval=t_intervals.interval(float(found.low), float(found.high), level),
        keys=common,
        units_old=len(first),
        units_new=len(second),
    )


def _means(side: Logs, keys: Collection[BenchmarkKey], units: Collection[str]) -> Floats:
    """The mean logarithm of each unit."""
    logs: Floats = np.array([[side[key][unit] for key in keys] for unit in units])
    means: Floats = logs.mean(axis=-1)
    return means
