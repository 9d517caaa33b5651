"""The numbers of the two sides of a comparison: by benchmark, one for each process, in logarithms by unit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Side = Literal["old", "new"]

NO_PAIR = "The other side has no number of this round."


class BenchmarkKey(NamedTuple):
    """What identifies a benchmark. Ids are unique only within a target; None is a target that is not known."""

    target: str | None
    id: str


@dataclass(frozen=True)
class UnitNumber:
    """The number of one process, per iteration, and the name of the unit that the process belongs to.

    A process is a unit by itself, except that several on one instance of EC2 are one unit together. In rounds, the two
    processes of a round belong to units of the same name, one on each side.
    """

    unit: str
    value: float


Numbers = Mapping[BenchmarkKey, Sequence[UnitNumber]]
Logs = Mapping[BenchmarkKey, Mapping[str, float]]  # by benchmark and unit


@dataclass(frozen=True)
class Excluded:
    """A number that is not compared; `reason` is a sentence."""

    key: BenchmarkKey
    side: Side
    unit: str
    reason: str


@dataclass(frozen=True)
class Sides:
    """What can be compared: the benchmarks with a usable number on each side; and what cannot.

    Units are sorted by name, so that results do not depend on their order. For pairs, both sides have the same units.
    """

    old: Logs
    new: Logs
    only_old: tuple[BenchmarkKey, ...]
    only_new: tuple[BenchmarkKey, ...]
    excluded: tuple[Excluded, ...]


def sides(old: Numbers, new: Numbers, *, paired: bool) -> Sides:
    """Both sides' numbers without those that have no logarithm and, if `paired`, those without a counterpart.

    The number of a unit with several processes is the mean of their logarithms.
    """
    first, second = ({key: given for key, given in side.items() if given} for side in (old, new))
    excluded: list[Excluded] = []
    logs_old, logs_new = _logs(first, "old", excluded), _logs(second, "new", excluded)
    shared = [key for key in first if key in second]
    if paired:
        for key in shared:
            _keep_pairs(key, logs_old[key], logs_new[key], excluded)
    keys = [key for key in shared if logs_old[key] and logs_new[key]]
    return Sides(
        old={key: logs_old[key] for key in keys},
        new={key: logs_new[key] for key in keys},
        only_old=tuple(key for key in first if key not in second),
        only_new=tuple(key for key in second if key not in first),
        excluded=tuple(excluded),
    )


def _logs(numbers: Numbers, side: Side, excluded: list[Excluded]) -> dict[BenchmarkKey, dict[str, float]]:
    found: dict[BenchmarkKey, dict[str, float]] = {}
    for key, given in numbers.items():
        processes: dict[str, list[float]] = {}
        for one in given:
            if reason := _unusable(one.value):
                excluded.append(Excluded(key, side, one.unit, reason))
            else:
                processes.setdefault(one.unit, []).append(math.log(one.value))
        # An exact sum does not depend on the order of the processes.
        found[key] = {unit: math.fsum(processes[unit]) / len(processes[unit]) for unit in sorted(processes)}
    return found


def _unusable(value: float) -> str | None:
    if not math.isfinite(value):
        return f"Its number is not finite: {value}."
    return None if value > 0 else f"Its number is not positive: {value:g}."


def _keep_pairs(key: BenchmarkKey, old: dict[str, float], new: dict[str, float], excluded: list[Excluded]) -> None:
    """Remove the numbers without a counterpart in the same round."""
    single: tuple[tuple[Side, dict[str, float], set[str]], ...] = (
        ("old", old, old.keys() - new.keys()),
        ("new", new, new.keys() - old.keys()),
    )
    for side, logs, units in single:
        for unit in sorted(units):
            del logs[unit]
            excluded.append(Excluded(key, side, unit, NO_PAIR))
