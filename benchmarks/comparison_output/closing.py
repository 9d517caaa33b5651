"""The sentences below a comparison: how many benchmarks changed, on what basis, and what was not compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from benchmarks import hints
from benchmarks.comparison.comparing import Rule, Verdict
from benchmarks.comparison.unit_numbers import BenchmarkKey
from benchmarks.comparison_output import cells, selected_rows
from benchmarks.comparison_output.selected_rows import Selection
from benchmarks.runs.result_records import BenchmarkMeasurement
from benchmarks.sides.dividing import Side
from benchmarks.sides.name_lists import named
from benchmarks.sides.pairs import Pair


def lines(pair: Pair, selection: Selection) -> Iterator[str]:
    """All sentences, the most important first."""
    found = selected_rows.counts(pair)
    yield f"{', '.join(f'{count} {verdict}' for verdict, count in found.items())}."
    yield from _partial(pair)
    hidden = len(pair.comparison.rows) - len(selection.rows(pair))
    if hidden:
        yield f"{hidden} of {len(pair.comparison.rows)} benchmarks are not shown."
    yield from _geometric_mean(pair)
    yield from _basis(pair)
    yield from not_compared(pair)
    yield from _hint(pair)


def _partial(pair: Pair) -> Iterator[str]:
    """Which sources are not all that was to be measured, and why."""
    for side in (pair.old, pair.new):
        for source in side.sources:
            if source.results.partial:
                yield f"{source.label} is partial: {source.results.partial}"


def not_compared(pair: Pair) -> Iterator[str]:
    """Sentences on what only one side has, and on what is excluded, with the reason."""
    for title, keys in zip(cells.titles(pair), (pair.comparison.only_old, pair.comparison.only_new), strict=True):
        if keys:
            yield f"Only in {title}: {_names(keys)}."
    reasons: dict[str, dict[BenchmarkKey, None]] = {}
    for key, reason in pair.incomparable.items():
        reasons.setdefault(reason, {})[key] = None
    for one in pair.comparison.excluded:
        title = cells.titles(pair)[0 if one.side == "old" else 1]
        reasons.setdefault(f"{one.reason.removesuffix('.')}, in {title}.", {})[one.key] = None
    for reason, keys_of in reasons.items():
        yield f"Not compared: {_names(list(keys_of))}. {reason}"


def _names(keys: Sequence[BenchmarkKey]) -> str:
    return named([cells.name(key) for key in keys])


def _geometric_mean(pair: Pair) -> Iterator[str]:
    mean = pair.comparison.geometric_mean
    if mean and len(mean.keys) > 1:
        yield f"Geometric mean of {len(mean.keys)} ratios: {cells.ratio(mean.ratio, mean.interval)}."


def _basis(pair: Pair) -> Iterator[str]:
    """What verdicts are based on: the most frequent first, counted if there are several."""
    bases = Counter(pair.comparison.basis(row) for row in pair.comparison.rows)
    shown: Iterable[str] = bases
    if len(bases) > 1:
        shown = (f"{basis} ({count})" for basis, count in bases.most_common())
    if bases:
        limits = pair.comparison.limits
        yield f"Basis: {'; '.join(shown)}; differences up to {cells.percent(limits.threshold)} do not matter."


def _hint(pair: Pair) -> Iterator[str]:
    """How to get a verdict, if a side has a single run and nothing is beyond the assumed noise."""
    rows = pair.comparison.rows
    if rows and all(row.verdict is Verdict.UNCLEAR and row.rule is Rule.ASSUMED for row in rows):
        command = hints.command_line("bench.compare old=RUN,RUN new=RUN,RUN")
        is_launched = any(row.instance for side in (pair.old, pair.new) for row in _measurements(side))
        again = "Measure again, on EC2 by --instances 3," if is_launched else "Measure again,"
        yield f"All is unclear, since a side has a single run. {again} and give its runs together: {command}"


def _measurements(side: Side) -> Iterator[BenchmarkMeasurement]:
    return (one for source in side.sources for one in source.results.measurements)
