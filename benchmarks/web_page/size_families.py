"""Benchmarks that measured the same at several sizes: their ids are equal up to a number at the end."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from benchmarks.results.labelled import Labelled
from benchmarks.web_page.benchmark_list import BenchmarkList
from benchmarks.web_page.sample_values import EXACT, rounded
from benchmarks.web_page.visible_text import visible

_SIZED = re.compile(r"(.*?[^0-9])([0-9]+)", re.DOTALL)


def sized(id: str) -> tuple[str, float] | None:
    """The part of an id before the number at its end, and the number; None without both, or if the number is 0."""
    found = _SIZED.fullmatch(id)
    size = float(found[2]) if found else 0.0
    return (found[1].rstrip("/ _:=-") or found[1], size) if found and 0 < size < math.inf else None


def families(sources: Sequence[Labelled], listed: BenchmarkList, units: Sequence[str | None]) -> list[dict[str, Any]]:
    """Each family with at least two sizes: its name, source and unit, and its points [size, estimate, benchmark].

    Of a benchmark that several processes measured it has the first measurement.
    """
    found: dict[tuple[Any, ...], dict[float, list[float | None]]] = {}
    for place, source in enumerate(sources):
        for one in source.results.measurements:
            if (parts := sized(one.id)) and 0 < one.shown.point < math.inf:
                key = (one.target or "", parts[0], place, one.variant, units.index(one.unit))
                point = [rounded(parts[1], 15), rounded(one.shown.point, EXACT), listed.places[one.target, one.id]]
                found.setdefault(key, {}).setdefault(parts[1], point)
    targets = Counter(before for _, before in {key[:2] for key in found})
    several = {key: points for key, points in found.items() if len(points) > 1}
    return [
        {
            "name": visible(f"{target}/{before}" if targets[before] > 1 else before),
            "source": place,
            **({} if variant is None else {"variant": visible(variant)}),
            "unit": unit,
            "points": [points[size] for size in sorted(points)],
        }
        for (target, before, place, variant, unit), points in several.items()
    ]
