"""Refuses results that are given twice: they would be compared with themselves, or count as two runs."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.errors import RefusedError
from benchmarks.results.labelled import Labelled


def refuse_twice(sources: Sequence[Labelled]) -> None:
    """Raise RefusedError, which names both, if two sources are the same attempt or have the same samples."""
    for number, one in enumerate(sources):
        for other in sources[:number]:
            if _is_same(one, other):
                both = one.label if one.label == other.label else f"{other.label} and {one.label}"
                given = "is given twice" if one.label == other.label else "are the same results"
                raise RefusedError(f"{both} {given}: compare results of different runs.")


def _is_same(one: Labelled, other: Labelled) -> bool:
    first, second = one.results, other.results
    if first.run_id is not None and second.run_id is not None:
        return (first.run_id, first.host, first.attempt) == (second.run_id, second.host, second.attempt)
    # Estimates of short benchmarks, as printed in a log, may be equal by chance.
    samples = [[(m.target, m.id, m.samples) for m in side.measurements if m.samples] for side in (first, second)]
    return bool(samples[0]) and samples[0] == samples[1]
