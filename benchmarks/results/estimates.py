"""What was measured of one benchmark, by whatever harness."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

NANOSECONDS = "ns"


@dataclass(frozen=True)
class Interval:
    """A confidence interval, in its estimate's unit; `level` is such as 0.95."""

    low: float
    high: float
    level: float


@dataclass(frozen=True)
class Estimate:
    """One benchmark of one target. The same id may be another benchmark in another target."""

    target: str
    id: str
    statistic: str  # slope, mean or median
    point: float  # of one iteration
    unit: str | None  # of point, interval and spread; None where nothing says what was measured
    interval: Interval | None = None  # Criterion's
    spread: float | None = None  # longest less shortest sample, of harnesses that have no interval
    samples: int | None = None
    throughput: Mapping[str, float] = field(default_factory=dict)  # what one iteration works through, by kind


def natural(text: str) -> list[tuple[str, int, str]]:
    """Sorts numbers within names by their value: `fft/8192` before `fft/16384`."""
    # Texts and digits take turns. Not by int(), which refuses very long ones, and takes other scripts' digits too.
    parts = re.split(r"([0-9]+)", text)
    digits = [part.lstrip("0") for part in parts[1::2]]
    return [(before, len(number), number) for before, number in zip(parts[::2], [*digits, ""], strict=True)]
