"""Sides of comparisons, made of measurements with a chosen median."""

from __future__ import annotations

from typing import Any

from benchmarks.comparison.verdicts import Limits
from benchmarks.sides import pairs
from benchmarks.sides.dividing import Side
from benchmarks.sides.pairs import Pair
from tests.support.result_samples import criterion, labelled

UNITS = (100.0, 100.4, 99.7, 100.1, 99.9)  # of five runs, with little noise


def side(name: str, *points: float, id: str = "fft/8192", results: Any = None, **changes: Any) -> Side:
    """A side with a run for each point; `changes` are those of each measurement, `results` those of each run."""
    return Side(
        name,
        tuple(
            labelled(criterion(id, point, **changes), label=f"{name}{number}", **(results or {}))
            for number, point in enumerate(points)
        ),
    )


def scaled(factor: float) -> tuple[float, ...]:
    return tuple(point * factor for point in UNITS)


def joined(*sides: Side) -> Side:
    """One side with the sources of several."""
    return Side(sides[0].name, tuple(source for side in sides for source in side.sources))


def every_verdict() -> Pair:
    """A pair with a benchmark of each verdict, five runs a side."""
    factors = {"slow": 1.5, "slower/10": 3.0, "fast": 0.5, "same": 1.0}
    old = [side("old", *UNITS, id=id) for id in factors]
    new = [side("new", *scaled(factor), id=id) for id, factor in factors.items()]
    noisy = side("old", *UNITS, id="noisy"), side("new", 50, 200, 100, 70, 140, id="noisy")
    return pairs.compare(joined(*old, noisy[0]), joined(*new, noisy[1]), Limits())
