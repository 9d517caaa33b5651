"""The number that stands for one process's measurement of a benchmark, from the records of results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.comparison.unit_numbers import BenchmarkKey, Numbers, UnitNumber
from benchmarks.runs.result_records import BenchmarkMeasurement, Samples


@dataclass(frozen=True)
class UnitMeasurement:
    """A measurement, and the name of the unit that its process belongs to (see `unit_name`)."""

    unit: str
    measurement: BenchmarkMeasurement


@dataclass(frozen=True)
class ProcessNumbers:
    """The numbers of both sides; of which benchmarks larger ones are better; and sentences on what has no numbers."""

    old: Numbers
    new: Numbers
    larger_is_better: frozenset[BenchmarkKey]
    incomparable: Mapping[BenchmarkKey, str]


def unit_name(run: str, measurement: BenchmarkMeasurement, *, paired: bool) -> str:
    """The name of the unit that the process of a measurement belongs to; `run` is any name for where it came from.

    In rounds that is the round. Otherwise it is the instance of EC2, since its processes share its hardware and
    neighbours; on a machine of the user's own, it is the process.
    """
    if paired:
        return f"{run}, attempt {measurement.attempt}, {measurement.instance}, round {measurement.round}"
    return measurement.instance or f"{run}, attempt {measurement.attempt}, process {measurement.process}"


def sample_median(samples: Samples) -> float:
    """The median of value per iteration, in the unit of the samples; not finite if there were samples of no iterations.

    The median, since samples are skewed: a few take much longer than the rest. Raises ValueError without samples.
    """
    if not samples.values:
        raise ValueError("There are no samples.")
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.median(np.array(samples.values) / np.array(samples.iterations)))


def process_numbers(old: Sequence[UnitMeasurement], new: Sequence[UnitMeasurement]) -> ProcessNumbers:
    """The numbers of both sides.

    A benchmark's number is the median of its samples, or the estimate that its harness shows if any measurement of it
    has no samples: the two differ, so that they must not be compared with each other.
    """
    sides = [_by_key(side) for side in (old, new)]
    every = {key: [*sides[0].get(key, []), *sides[1].get(key, [])] for side in sides for key in side}
    incomparable = {key: reason for key, found in every.items() if (reason := _difference(found))}
    numbers = [
        {key: _numbers(found, every[key]) for key, found in side.items() if key not in incomparable} for side in sides
    ]
    larger = frozenset(key for key, found in every.items() if found[0].measurement.direction == "larger")
    return ProcessNumbers(numbers[0], numbers[1], larger, incomparable)


def _by_key(side: Iterable[UnitMeasurement]) -> dict[BenchmarkKey, list[UnitMeasurement]]:
    found: dict[BenchmarkKey, list[UnitMeasurement]] = {}
    for one in side:
        found.setdefault(BenchmarkKey(one.measurement.target, one.measurement.id), []).append(one)
    return found


def _difference(every: Sequence[UnitMeasurement]) -> str | None:
    """Why the measurements of a benchmark are not of the same thing; an unknown unit may be any."""
    measurements = [one.measurement for one in every]
    if len(units := sorted({one.unit for one in measurements if one.unit is not None})) > 1:
        return f"It was measured in different units: {', '.join(units)}."
    if len({one.direction for one in measurements}) > 1:
        return "Smaller values are better in some of its measurements, larger ones in others."
    return None


def _numbers(found: Sequence[UnitMeasurement], every: Sequence[UnitMeasurement]) -> list[UnitNumber]:
    """The numbers of one side; `every` are the measurements of both."""
    medians = all(one.measurement.samples is not None and one.measurement.samples.values for one in every)
    return [UnitNumber(one.unit, _number(one.measurement, medians)) for one in found]


def _number(measurement: BenchmarkMeasurement, medians: bool) -> float:
    if medians and measurement.samples:
        return sample_median(measurement.samples)
    return measurement.shown.point
