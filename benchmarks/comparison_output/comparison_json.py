"""A comparison as one JSON document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from benchmarks.comparison.comparing import Row
from benchmarks.comparison.unit_numbers import BenchmarkKey
from benchmarks.comparison_output import selected_rows
from benchmarks.comparison_output.selected_rows import Selection
from benchmarks.runs.result_records import Interval
from benchmarks.sides import facts, fairness
from benchmarks.sides.dividing import Division, Side
from benchmarks.sides.facts import Difference
from benchmarks.sides.pairs import Pair

VERSION = 1


def text(pairs: Sequence[Pair], division: Division, selection: Selection) -> str:
    """An object with a `schema_version` and one of `comparisons` for each pair. What is not known is null."""
    document = {
        "schema_version": VERSION,
        "by": division.by,
        "left_out": division.left_out,
        "comparisons": [_pair(pair, selection) for pair in pairs],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _pair(pair: Pair, selection: Selection) -> Mapping[str, Any]:
    comparison = pair.comparison
    return {
        "old": _side(pair.old),
        "new": _side(pair.new),
        "differing": {one.fact: {"old": one.old, "new": one.new} for one in pair.differing},
        "limits": comparison.limits,
        "paired": comparison.paired,
        "summary": {str(verdict): count for verdict, count in selected_rows.counts(pair).items()},
        "geometric_mean": _geometric_mean(pair),
        "rows": [_row(pair, row) for row in selection.rows(pair)],
        "only_old": [_key(key) for key in comparison.only_old],
        "only_new": [_key(key) for key in comparison.only_new],
        "excluded": [
            *(
                {**_key(key), "side": None, "unit_name": None, "reason": reason}
                for key, reason in pair.incomparable.items()
            ),
            *(
                {**_key(one.key), "side": one.side, "unit_name": one.unit, "reason": one.reason}
                for one in comparison.excluded
            ),
        ],
    }


def _side(side: Side) -> Mapping[str, Any]:
    shown = {name: fact for name, fact in facts.FACTS.items() if fact.difference is not Difference.IGNORED}
    return {
        "name": side.name,
        "sources": [source.label for source in side.sources],
        "facts": {name: found for name, fact in shown.items() if (found := fairness.values(side, fact))},
        "problems": [problem for source in side.sources for problem in source.results.lost],
    }


def _row(pair: Pair, row: Row) -> Mapping[str, Any]:
    numbers = pair.numbers[row.key]
    return {
        **_key(row.key),
        "unit": numbers.unit,
        "direction": "larger" if row.key in pair.larger_is_better else "smaller",
        "old": numbers.old,
        "new": numbers.new,
        "ratio": row.ratio,
        **_interval(row.interval),
        "p": row.p,
        "verdict": row.verdict,
        "units_old": row.units_old,
        "units_new": row.units_new,
        "basis": pair.comparison.basis(row),
    }


def _geometric_mean(pair: Pair) -> Mapping[str, Any] | None:
    mean = pair.comparison.geometric_mean
    if not mean:
        return None
    units = {"units_old": mean.units_old, "units_new": mean.units_new}
    return {"ratio": mean.ratio, **_interval(mean.interval), "benchmarks": len(mean.keys), **units}


def _interval(interval: Interval | None) -> Mapping[str, float | None]:
    if interval is None:
        return {"low": None, "high": None, "level": None}
    return {"low": interval.low, "high": interval.high, "level": interval.level}


def _key(key: BenchmarkKey) -> Mapping[str, str | None]:
    return {"target": key.target, "id": key.id}
