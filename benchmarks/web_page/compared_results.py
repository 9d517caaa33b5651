"""The comparison that a page shows, as plain values, so that showing it needs none of the packages that compute it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from benchmarks.runs.result_records import Interval

Verdict = Literal["faster", "slower", "same", "unclear"]


@dataclass(frozen=True)
class ComparedBenchmark:
    """One benchmark's ratio new/old. Without an interval, a side was run only once."""

    target: str | None
    id: str
    ratio: float
    interval: Interval | None
    verdict: Verdict
    basis: str  # what the verdict is based on, such as `one run each, 10 % noise assumed`


@dataclass(frozen=True)
class MeanRatio:
    """The geometric mean of the ratios of `count` benchmarks."""

    ratio: float
    interval: Interval | None
    count: int


@dataclass(frozen=True)
class ComparedResults:
    """An old and a new result, by their labels.

    A threshold of 0.02 means that ratios from 1/1.02 to 1.02 do not matter. Notes say what is not compared.
    """

    old: str
    new: str
    benchmarks: tuple[ComparedBenchmark, ...]
    threshold: float
    mean: MeanRatio | None = None
    notes: tuple[str, ...] = ()
