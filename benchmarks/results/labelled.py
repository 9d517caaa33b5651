"""Results with the name by which the user tells them from others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.runs.result_records import Results
from benchmarks.text import natural


@dataclass(frozen=True)
class S3Object:
    """An object in S3; `region` is that of its bucket, if it is known."""

    bucket: str
    key: str
    region: str | None = None


@dataclass(frozen=True)
class Labelled:
    """Results, and the name by which the user tells them from others in the same table or export."""

    label: str
    results: Results
    log: S3Object | None = None  # None if it was not published, as far as is known


def with_types(sources: Sequence[Labelled]) -> tuple[Labelled, ...]:
    """The sources, with the instance type in the labels of a run's hosts if they are of several types.

    A label that has it already, such as that of a folder in S3, stays.
    """
    found: dict[str | None, set[str]] = {}
    for source in sources:
        if name := _instance_type(source):
            found.setdefault(source.results.run_id, set()).add(name)
    several = {run_id for run_id, names in found.items() if run_id and len(names) > 1}
    return tuple(
        replace(source, label=f"{source.label} ({name})")
        if source.results.run_id in several and (name := _instance_type(source)) and name not in source.label
        else source
        for source in sources
    )


def place_in_run(source: Labelled) -> tuple[Any, ...]:
    """Sort key of the hosts of a run: by type, then by name, so that they come in one order wherever they are read.

    Those of no known type are the last.
    """
    name = _instance_type(source)
    return (name is None, natural(name or ""), natural(source.results.host or source.label))


def _instance_type(source: Labelled) -> str | None:
    return source.results.platform.instance_type if source.results.platform else None
