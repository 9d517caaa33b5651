"""A comparison as the page shows it.

The only module of this package that loads numpy and scipy, by way of the comparison; the page of a run does without.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.comparison.comparing import Comparison
from benchmarks.comparison.unit_numbers import BenchmarkKey
from benchmarks.web_page.compared_results import ComparedBenchmark, ComparedResults, MeanRatio
from benchmarks.web_page.visible_text import shortened

_NAMED = 3  # benchmarks that a note names


def compared(comparison: Comparison, old: str, new: str) -> ComparedResults:
    """What a page shows of a comparison; `old` and `new` are the labels of its two sides."""
    mean = comparison.geometric_mean
    return ComparedResults(
        old=old,
        new=new,
        benchmarks=tuple(
            ComparedBenchmark(
                target=row.key.target,
                id=row.key.id,
                ratio=row.ratio,
                interval=row.interval,
                verdict=row.verdict.value,
                basis=comparison.basis(row),
            )
            for row in comparison.rows
        ),
        threshold=comparison.limits.threshold,
        mean=MeanRatio(mean.ratio, mean.interval, len(mean.keys)) if mean else None,
        notes=tuple(_notes(comparison, old, new)),
    )


def _notes(comparison: Comparison, old: str, new: str) -> Iterator[str]:
    for label, keys in ((old, comparison.only_old), (new, comparison.only_new)):
        if keys:
            yield f"Only {shortened(label)} has {_names(keys)}."
    reasons: dict[str, dict[BenchmarkKey, None]] = {}
    for one in comparison.excluded:
        reasons.setdefault(one.reason, {})[one.key] = None
    for reason, left_out in reasons.items():
        yield f"Numbers are left out of {_names(list(left_out))}: {reason}"


def _names(keys: Sequence[BenchmarkKey]) -> str:
    names = [shortened(key.id if key.target is None else f"{key.target}/{key.id}") for key in keys[:_NAMED]]
    more = len(keys) - len(names)
    return f"{', '.join(names)} and {more} more" if more else ", ".join(names)
