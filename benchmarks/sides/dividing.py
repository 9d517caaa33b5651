"""Divides results into the sides of a comparison: by their sources, by a fact, or by a part of their ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec.structs

from benchmarks.errors import RefusedError
from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import BenchmarkMeasurement, Results
from benchmarks.sides import benchmark_ids, facts
from benchmarks.sides.name_lists import named
from benchmarks.sides.side_words import SideWord

# The name of a measurement's side, and the measurement with the id that is compared; None if it belongs to no side.
Place = Callable[[Results, BenchmarkMeasurement], tuple[str, BenchmarkMeasurement] | None]


@dataclass(frozen=True)
class Side:
    """One side of a comparison. `sources` hold only the measurements that belong to it, with the ids to compare."""

    name: str
    sources: tuple[Labelled, ...]

    @property
    def measurements(self) -> Iterator[tuple[Results, BenchmarkMeasurement]]:
        """Each measurement, with the results that it is of."""
        return ((source.results, one) for source in self.sources for one in source.results.measurements)


@dataclass(frozen=True)
class Division:
    """The sides, of which the first is the baseline, and sentences on what belongs to none of them."""

    sides: tuple[Side, ...]
    left_out: tuple[str, ...] = ()
    by: str | None = None  # the fact that divides them


def by_source(words: Sequence[SideWord], read: Sequence[Sequence[Labelled]]) -> Division:
    """One side for each of `words`; `read` are the results that each names, in the same order.

    A side without a name is called as its source, or as its run if it has several hosts.
    """
    names = [word.name or _called(word, sources) for word, sources in zip(words, read, strict=True)]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise RefusedError(f"Two sides are called {twice[0]}: name them, as in old=SOURCE new=SOURCE.")
    return Division(tuple(Side(name, tuple(sources)) for name, sources in zip(names, read, strict=True)))


def by_fact(sources: Sequence[Labelled], name: str) -> Division:
    """One side for each value of a fact, in the order in which they appear.

    If the fact is a part of ids, such as Criterion's function, the ids compared are those without it.
    Raises RefusedError for a fact that does not exist, and unless there are two values.
    """
    value = facts.of(name).value

    def place(results: Results, measurement: BenchmarkMeasurement) -> tuple[str, BenchmarkMeasurement] | None:
        found = value(results, measurement)
        is_part = name in (*benchmark_ids.ID_PARTS, "target")
        changed = benchmark_ids.without(measurement, name) if is_part else measurement
        return None if found is None or changed is None else (found, changed)

    sides, left_out = _divided(sources, place)
    if len(sides) < 2:
        only = f"all results have the same, {sides[0].name}" if sides else "it is known of no result"
        raise RefusedError(f"There is nothing to compare by {name}: {only}. Give results that differ in it.")
    sentences = [f"{named(left_out)}: left out, since {name} is not known of it."] if left_out else []
    return Division(sides, tuple(sentences), name)


def by_pattern(sources: Sequence[Labelled], pattern: str) -> Division:
    """One side for each text that the first group of a regular expression matches in an id, in order of appearance.

    The ids compared are those without that text. Raises RefusedError for a pattern that is invalid or has no group,
    and unless there are two sides.
    """
    try:
        wanted = re.compile(pattern)
    except re.error as error:
        raise RefusedError(f"group is not a regular expression: {error}, in {pattern!r}.") from None
    if not wanted.groups:
        raise RefusedError(f"group needs a group in parentheses, such as '(old|new)', not {pattern!r}.")

    def place(_results: Results, measurement: BenchmarkMeasurement) -> tuple[str, BenchmarkMeasurement] | None:
        found = wanted.search(measurement.id)
        if not found or not found.group(1):
            return None
        rest = measurement.id[: found.start(1)] + measurement.id[found.end(1) :]
        return found.group(1), msgspec.structs.replace(measurement, id=rest)

    sides, left_out = _divided(sources, place)
    if len(sides) < 2:
        only = f"it finds only {sides[0].name}" if sides else "it matches no benchmark"
        raise RefusedError(f"There is nothing to compare by group {pattern!r}: {only}.")
    sentences = [f"{named(left_out)}: left out, since group does not match it."] if left_out else []
    return Division(sides, tuple(sentences))


def _divided(sources: Sequence[Labelled], place: Place) -> tuple[tuple[Side, ...], list[str]]:
    """The sides, and the ids of what belongs to none."""
    found: dict[str, dict[int, list[BenchmarkMeasurement]]] = {}
    ids: dict[object, str] = {}
    left_out: dict[str, None] = {}
    for number, source in enumerate(sources):
        for one in source.results.measurements:
            placed = place(source.results, one)
            if placed is None:
                left_out[one.id] = None
                continue
            name, changed = placed
            found.setdefault(name, {}).setdefault(number, []).append(changed)
            process = (changed.variant, changed.instance, changed.attempt, changed.process, changed.round)
            before = ids.setdefault((name, number, changed.target, changed.id, process), one.id)
            if before != one.id:
                raise RefusedError(
                    f"{before} and {one.id} would both be {changed.id or 'nothing'} of {name}: divide them otherwise."
                )
    sides = tuple(
        Side(name, tuple(_with(sources[number], measurements) for number, measurements in parts.items()))
        for name, parts in found.items()
    )
    return sides, list(left_out)


def _with(source: Labelled, measurements: Sequence[BenchmarkMeasurement]) -> Labelled:
    return replace(source, results=msgspec.structs.replace(source.results, measurements=tuple(measurements)))


def _called(word: SideWord, sources: Sequence[Labelled]) -> str:
    if len(sources) == 1:
        return sources[0].label
    runs = {source.results.run_id for source in sources}
    return next(iter(runs)) or word.sources[0] if len(runs) == 1 else word.sources[0]
