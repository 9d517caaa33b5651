"""Compares two sides: their numbers, the verdicts on them, and what cannot be compared."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks.comparison import comparing, process_numbers, unit_numbers
from benchmarks.comparison.comparing import Comparison
from benchmarks.comparison.process_numbers import ProcessNumbers, UnitMeasurement
from benchmarks.comparison.unit_numbers import BenchmarkKey
from benchmarks.comparison.verdicts import Limits
from benchmarks.runs.result_records import BenchmarkMeasurement
from benchmarks.sides import benchmark_ids, fairness
from benchmarks.sides.dividing import Side
from benchmarks.sides.fairness import Differing

UNKNOWN_UNIT = "The unit is not known on one side: give --unit ns if its numbers are times."
OTHER_HARNESS = "It was measured by different harnesses."


@dataclass(frozen=True)
class Numbers:
    """What a benchmark took on each side, per iteration: the geometric mean of the units. `unit` is None if unknown."""

    old: float
    new: float
    unit: str | None


@dataclass(frozen=True)
class Pair:
    """Two sides and their comparison. `incomparable` has sentences on benchmarks that both sides have measured."""

    old: Side
    new: Side
    comparison: Comparison
    numbers: Mapping[BenchmarkKey, Numbers]  # of each row
    larger_is_better: frozenset[BenchmarkKey]
    incomparable: Mapping[BenchmarkKey, str]
    differing: tuple[Differing, ...]


def compare(old: Side, new: Side, limits: Limits) -> Pair:
    """Compare two sides. If rounds of both are the same, they are compared in pairs."""
    old, new = _with_common_ids(old, new)
    paired = _are_paired(old, new)
    first, second = _units(old, paired), _units(new, paired)
    incomparable = _incomparable(first, second)
    found = process_numbers.process_numbers(_without(first, incomparable), _without(second, incomparable))
    comparison = comparing.compare(
        found.old, found.new, paired=paired, larger_is_better=found.larger_is_better, limits=limits
    )
    return Pair(
        old=old,
        new=new,
        comparison=comparison,
        numbers=_numbers(found, first, paired),
        larger_is_better=found.larger_is_better,
        incomparable={**incomparable, **found.incomparable},
        differing=fairness.differing(old, new),
    )


def _measurements(*sides: Side) -> Iterator[BenchmarkMeasurement]:
    return (one for side in sides for _, one in side.measurements)


def _with_common_ids(old: Side, new: Side) -> tuple[Side, Side]:
    """The sides with ids by which their benchmarks can be told apart and found on the other side."""
    if any(len(benchmark_ids.variants(_measurements(side))) > 1 for side in (old, new)):
        old, new = (replace(side, sources=tuple(map(benchmark_ids.with_variants, side.sources))) for side in (old, new))
    known = benchmark_ids.targets(_measurements(old, new))
    old, new = (
        replace(side, sources=tuple(benchmark_ids.with_targets(source, known) for source in side.sources))
        for side in (old, new)
    )
    return old, new


def _are_paired(old: Side, new: Side) -> bool:
    """Whether everything was measured in rounds, and both sides share some."""
    if any(one.round is None for one in _measurements(old, new)):
        return False
    first, second = ({one.unit for one in _units(side, True)} for side in (old, new))
    return not first.isdisjoint(second)


def _units(side: Side, paired: bool) -> list[UnitMeasurement]:
    return [
        UnitMeasurement(process_numbers.unit_name(source.label, one, paired=paired), one)
        for source in side.sources
        for one in source.results.measurements
    ]


def _by_key(units: Sequence[UnitMeasurement]) -> dict[BenchmarkKey, list[BenchmarkMeasurement]]:
    found: dict[BenchmarkKey, list[BenchmarkMeasurement]] = {}
    for one in units:
        found.setdefault(_key(one), []).append(one.measurement)
    return found


def _key(one: UnitMeasurement) -> BenchmarkKey:
    return BenchmarkKey(one.measurement.target, one.measurement.id)


def _incomparable(old: Sequence[UnitMeasurement], new: Sequence[UnitMeasurement]) -> dict[BenchmarkKey, str]:
    """Sentences on the benchmarks of both sides whose unit is known in part, or that two harnesses have measured."""
    first, second = _by_key(old), _by_key(new)
    found: dict[BenchmarkKey, str] = {}
    for key in first.keys() & second.keys():
        every = [*first[key], *second[key]]
        if len({one.harness for one in every}) > 1:
            found[key] = OTHER_HARNESS
        elif len({one.unit is None for one in every}) > 1:
            found[key] = UNKNOWN_UNIT
    return {key: found[key] for key in first if key in found}


def _without(units: Sequence[UnitMeasurement], left_out: Mapping[BenchmarkKey, str]) -> list[UnitMeasurement]:
    return [one for one in units if _key(one) not in left_out]


def _numbers(found: ProcessNumbers, old: Sequence[UnitMeasurement], paired: bool) -> dict[BenchmarkKey, Numbers]:
    sides = unit_numbers.sides(found.old, found.new, paired=paired)
    units = {_key(one): one.measurement.unit for one in old}
    return {key: Numbers(_mean(sides.old[key]), _mean(sides.new[key]), units[key]) for key in sides.old}


def _mean(logs: Mapping[str, float]) -> float:
    return math.exp(math.fsum(logs.values()) / len(logs))
