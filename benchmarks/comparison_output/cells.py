"""The texts of a comparison's cells: numbers, ratios and verdicts."""

from __future__ import annotations

from benchmarks.comparison.comparing import Row, Verdict
from benchmarks.comparison.unit_numbers import BenchmarkKey
from benchmarks.exports import benchmark_names
from benchmarks.results import quantities
from benchmarks.runs.result_records import Interval
from benchmarks.sides.pairs import Pair

SIGNS = {Verdict.SLOWER: "▲", Verdict.FASTER: "▼", Verdict.SAME: "=", Verdict.UNCLEAR: "?"}
LONGEST_TITLE = 18  # columns


def titles(pair: Pair) -> tuple[str, str]:
    """What the two sides are called in headings: their names if these are short, else old and new."""
    names = (pair.old.name, pair.new.name)
    return names if max(map(len, names)) <= LONGEST_TITLE else ("old", "new")


def numbers(pair: Pair, row: Row) -> tuple[str, str]:
    """What the benchmark took on each side."""
    found = pair.numbers[row.key]
    return quantities.quantity(found.old, found.unit), quantities.quantity(found.new, found.unit)


def ratio(value: float, interval: Interval | None) -> str:
    """A ratio with its interval, if it has one: `0.472 [0.461, 0.489]`."""
    return f"{_digits(value)} [{_digits(interval.low)}, {_digits(interval.high)}]" if interval else _digits(value)


def ratio_title(pair: Pair) -> str:
    """The heading of ratios, with the level of their intervals if there are any."""
    is_there = any(row.interval for row in pair.comparison.rows)
    return f"ratio [{quantities.level(pair.comparison.limits.level)} interval]" if is_there else "ratio"


def verdict(pair: Pair, row: Row) -> str:
    """The verdict with a sign, and a remark if larger values are better."""
    return f"{SIGNS[row.verdict]} {row.verdict}{' (larger is better)' if row.key in pair.larger_is_better else ''}"


def name(key: BenchmarkKey) -> str:
    """The name of a benchmark in a sentence."""
    return benchmark_names.visible(f"{key.target}/{key.id}" if key.target else key.id)


def percent(share: float) -> str:
    """A share in per cent: `5 %`."""
    return f"{share * 100:.3g} %"


def _digits(value: float) -> str:
    return f"{value:.3f}" if 0.1 <= value < 1000 else f"{value:.3g}"
