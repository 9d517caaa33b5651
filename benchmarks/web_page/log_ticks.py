"""Ticks of a logarithmic axis, with their texts."""

from __future__ import annotations

import math
from collections.abc import Iterable

from benchmarks.results import quantities

_STEPS = (1, 2, 5)


def ticks(values: Iterable[float], unit: str | None) -> list[tuple[float, str]]:
    """1, 2 and 5 times the powers of ten, from the last at or below the least positive value to the one at or above
    the greatest; empty without a positive value.
    """
    drawn = [value for value in values if 0 < value < math.inf]
    if not drawn:
        return []
    low, high = min(drawn), max(drawn)
    # One power more on either side, as logarithms are rounded; within the range of floats.
    powers = range(max(-300, math.floor(math.log10(low)) - 1), min(300, math.ceil(math.log10(high)) + 1) + 1)
    every = [float(f"{step}e{power}") for power in powers for step in _STEPS]
    first = max((index for index, tick in enumerate(every) if tick <= low), default=0)
    last = min((index for index, tick in enumerate(every) if tick >= high), default=len(every) - 1)
    return [(tick, _text(tick, unit)) for tick in every[first : last + 1]]


def _text(value: float, unit: str | None) -> str:
    size, name = quantities.unit_for(value, unit)
    return f"{value / size:g} {name}".rstrip()
