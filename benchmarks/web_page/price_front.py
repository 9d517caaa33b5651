"""Price against time of several instance types, and which of them are not beaten in both."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import NANOSECONDS, Results
from benchmarks.web_page.benchmark_list import Key


@dataclass(frozen=True)
class Priced:
    """A source's price, and its time relative to the fastest source's: the geometric mean over the same benchmarks.

    It is on the Pareto front if no other source is cheaper and at least as fast, or faster and at most as expensive.
    """

    source: int  # its place in the page
    usd_per_hour: float
    time: float  # 1 for the fastest
    on_front: bool


@dataclass(frozen=True)
class PriceFront:
    points: tuple[Priced, ...]
    benchmarks: int  # how many the times are the mean of


def price_front(sources: Sequence[Labelled]) -> PriceFront | None:
    """None if there are no two instance types with prices, or if they have measured no time in common."""
    prices = {place: money.usd_per_hour for place, one in enumerate(sources) if (money := one.results.money)}
    logs = {place: _logs(sources[place].results) for place in prices}
    places = [place for place in prices if logs[place] and _instance_type(sources[place].results)]
    if len({_instance_type(sources[place].results) for place in places}) < 2:
        return None
    common = set.intersection(*(set(logs[place]) for place in places))
    if not common:
        return None
    means = {place: math.fsum(logs[place][key] for key in common) / len(common) for place in places}
    fastest = min(means.values())
    points = {place: (prices[place], means[place]) for place in places}
    return PriceFront(
        points=tuple(
            Priced(place, price, math.exp(mean - fastest), not _is_beaten((price, mean), points.values()))
            for place, (price, mean) in points.items()
        ),
        benchmarks=len(common),
    )


def _instance_type(results: Results) -> str | None:
    return results.platform.instance_type if results.platform else None


def _logs(results: Results) -> Mapping[Key, float]:
    """The mean logarithm of each benchmark's times."""
    found: dict[Key, list[float]] = {}
    for one in results.measurements:
        if one.unit == NANOSECONDS and one.direction == "smaller" and 0 < one.shown.point < math.inf:
            found.setdefault((one.target, one.id), []).append(math.log(one.shown.point))
    return {key: math.fsum(logs) / len(logs) for key, logs in found.items()}


def _is_beaten(point: tuple[float, float], others: Iterable[tuple[float, float]]) -> bool:
    return any(other != point and other[0] <= point[0] and other[1] <= point[1] for other in others)
