"""Which benchmarks of two sides are the same: ids without the part that is compared, variants, unknown targets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import msgspec.structs

from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import BenchmarkMeasurement

ID_PARTS = ("group", "function", "value")  # Criterion's, in the order in which an id joins them


def without(measurement: BenchmarkMeasurement, part: str) -> BenchmarkMeasurement | None:
    """The measurement with its target, or a part of its id, left out. None if its id does not consist of its parts.

    `part` is `target` or one of ID_PARTS. What follows the parts, as in `fft/new/8 #2`, is kept.
    """
    if part == "target":
        return msgspec.structs.replace(measurement, target=None)
    parts = {name: value for name in ID_PARTS if (value := getattr(measurement, name)) is not None}
    whole = "/".join(parts.values())
    if part not in parts or not measurement.id.startswith(whole):
        return None
    rest = "/".join(value for name, value in parts.items() if name != part)
    return msgspec.structs.replace(measurement, id=f"{rest}{measurement.id[len(whole) :]}")


def variants(measurements: Iterable[BenchmarkMeasurement]) -> set[str | None]:
    return {one.variant for one in measurements}


def with_variants(source: Labelled) -> Labelled:
    """The source with the variant as a part of each id, so that variants are not taken for one benchmark."""
    return _changed(
        source,
        (
            one if one.variant is None else msgspec.structs.replace(one, id=f"{one.id} [{one.variant}]")
            for one in source.results.measurements
        ),
    )


def targets(measurements: Iterable[BenchmarkMeasurement]) -> dict[str, set[str | None]]:
    """The targets that have a benchmark, by id."""
    found: dict[str, set[str | None]] = {}
    for one in measurements:
        found.setdefault(one.id, set()).add(one.target)
    return found


def with_targets(source: Labelled, known: Mapping[str, set[str | None]]) -> Labelled:
    """The source with the targets that it does not name, where only one target has a benchmark of that id.

    `known` are the targets of all sides, by id. A Criterion directory, say, does not name its targets.
    """
    return _changed(source, (_with_target(one, known[one.id] - {None}) for one in source.results.measurements))


def _with_target(measurement: BenchmarkMeasurement, known: set[str | None]) -> BenchmarkMeasurement:
    if measurement.target is not None or len(known) != 1:
        return measurement
    return msgspec.structs.replace(measurement, target=next(iter(known)))


def _changed(source: Labelled, measurements: Iterable[BenchmarkMeasurement]) -> Labelled:
    return replace(source, results=msgspec.structs.replace(source.results, measurements=tuple(measurements)))
