"""Criterion's results on disk, of versions 0.3.6 to 0.8; in 0.3.2 and before, the estimates have other names.

Layout: https://bheisler.github.io/criterion.rs/book/. Names are cut and collide in paths, so `full_id` is the
key, never the path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Estimate:
    """What Criterion's terminal shows of one benchmark.

    Time of one iteration in nanoseconds, with its confidence interval.
    """

    id: str
    point: float
    low: float
    high: float
    confidence: float  # such as 0.95
    statistic: str  # slope, or mean where there is no slope (flat sampling)
    samples: int


def read(directory: Path) -> tuple[Estimate, ...]:
    """The newest estimate of every benchmark below a Criterion directory, by id.

    Raises ValueError naming the file that is not as Criterion writes it.
    """
    found = [_read_one(path.parent) for path in sorted(directory.rglob("new/benchmark.json"))]
    return tuple(sorted(found, key=_natural))


def _natural(estimate: Estimate) -> list[tuple[int, str]]:
    """Sorts numbers within names by their value: `fft/8192` before `fft/16384`."""
    parts = re.split(r"(\d+)", estimate.id)
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]


def _read_one(directory: Path) -> Estimate:
    benchmark, estimates, sample = (_load(directory / f"{name}.json") for name in ("benchmark", "estimates", "sample"))
    try:
        statistic = "slope" if estimates.get("slope") else "mean"
        chosen = estimates[statistic]
        interval = chosen["confidence_interval"]
        return Estimate(
            id=benchmark["full_id"],
            point=chosen["point_estimate"],
            low=interval["lower_bound"],
            high=interval["upper_bound"],
            confidence=interval["confidence_level"],
            statistic=statistic,
            samples=len(sample["times"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{directory} is not as Criterion writes it: {error!r}.") from None


def _load(path: Path) -> Mapping[str, Any]:
    try:
        content: Mapping[str, Any] = json.loads(path.read_text())
        return content
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read: {error}.") from None


_UNITS = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns"), (1e-3, "ps"))


def duration(nanoseconds: float) -> str:
    """A time with four significant digits and the unit that suits it, as Criterion prints it."""
    # What is shown decides, not what is measured: 999.96 ns is 1.000 µs, and not 1000.0 ns.
    rounded = float(f"{nanoseconds:.4g}")
    size, unit = next(((s, u) for s, u in _UNITS if rounded >= s), _UNITS[-1])
    digits = max(0, 4 - len(str(int(rounded / size))))
    return f"{nanoseconds / size:.{digits}f} {unit}"
