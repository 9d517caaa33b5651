"""The result of one benchmark, from any harness."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

NANOSECONDS = "ns"


@dataclass(frozen=True)
class Interval:
    """A confidence interval, in its estimate's unit; `level` is the confidence level, such as 0.95."""

    low: float
    high: float
    level: float


@dataclass(frozen=True)
class Estimate:
    """The estimate of one benchmark. Ids are unique only within a target."""

    target: str
    id: str
    statistic: str  # slope, mean or median
    point: float  # per iteration
    unit: str | None  # of point, interval and spread; None if unknown
    interval: Interval | None = None  # from Criterion only
    spread: float | None = None  # maximum minus minimum sample, from harnesses without an interval
    samples: int | None = None
    throughput: Mapping[str, float] = field(default_factory=dict)  # amount per iteration, by kind


def natural(text: str) -> list[tuple[str, int, str]]:
    """Sort key that orders numbers within names by value: `fft/8192` before `fft/16384`."""
    # Text and digits alternate. Not int(), which refuses very long numbers and accepts digits of other scripts.
    parts = re.split(r"([0-9]+)", text)
    digits = [part.lstrip("0") for part in parts[1::2]]
    return [(before, len(number), number) for before, number in zip(parts[::2], [*digits, ""], strict=True)]
