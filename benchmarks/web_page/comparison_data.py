"""The comparisons of a page as JSON: the rows of the table of ratios, and the numbers of their plot."""

from __future__ import annotations

from typing import Any

from benchmarks.results import quantities
from benchmarks.runs.result_records import Interval
from benchmarks.web_page.benchmark_list import BenchmarkList
from benchmarks.web_page.compared_results import ComparedBenchmark, ComparedResults
from benchmarks.web_page.sample_values import EXACT, rounded
from benchmarks.web_page.visible_text import shortened

VERDICTS = ("slower", "faster", "unclear", "same")  # what calls for attention first


def data(comparison: ComparedResults, listed: BenchmarkList) -> dict[str, Any]:
    """One comparison; `band` are the ratios between which a difference does not matter."""
    intervals = [one.interval for one in comparison.benchmarks if one.interval]
    levels = {interval.level for interval in intervals}
    level = levels.pop() if len(levels) == 1 else None
    title = "interval" if level is None else f"{quantities.level(level)} interval"
    titles = [("verdict", False), ("ratio new/old", True), *([(title, True)] if intervals else []), ("basis", False)]
    return {
        "name": f"{shortened(comparison.new)} against {shortened(comparison.old)}",
        "old": shortened(comparison.old),
        "new": shortened(comparison.new),
        "band": [rounded(1 / (1 + comparison.threshold), EXACT), rounded(1 + comparison.threshold, EXACT)],
        "threshold": quantities.level(comparison.threshold),
        "summary": _summary(comparison),
        "notes": [*_basis(comparison), *comparison.notes],
        "columns": [{"title": title, "is_number": is_number} for title, is_number in titles],
        "rows": [_row(one, listed, bool(intervals)) for one in comparison.benchmarks],
    }


def _row(one: ComparedBenchmark, listed: BenchmarkList, has_intervals: bool) -> dict[str, Any]:
    interval, verdict = one.interval, VERDICTS.index(one.verdict)
    width = rounded(interval.high / interval.low) if interval else None
    return {
        "benchmark": listed.places[one.target, one.id],
        "verdict": one.verdict,
        "ratio": rounded(one.ratio, EXACT),
        **({"low": rounded(interval.low, EXACT), "high": rounded(interval.high, EXACT)} if interval else {}),
        "texts": [one.verdict, _ratio(one.ratio), *([_interval(interval)] if has_intervals else []), one.basis],
        "numbers": [verdict, rounded(one.ratio, EXACT), *([width] if has_intervals else []), None],
    }


def _summary(comparison: ComparedResults) -> str:
    """One sentence with the geometric mean; empty without one."""
    mean = comparison.mean
    if not mean:
        return ""
    within = f" ({_level(mean.interval)}{_interval(mean.interval)})" if mean.interval else ""
    over = "1 benchmark" if mean.count == 1 else f"{mean.count} benchmarks"
    return f"The geometric mean of the ratios is {_ratio(mean.ratio)}{within}, over {over}."


def _basis(comparison: ComparedResults) -> list[str]:
    """A sentence on what all verdicts are based on; if they differ in that, the table says it."""
    found = {one.basis for one in comparison.benchmarks}
    return [f"Basis: {basis}." for basis in found] if len(found) == 1 else []


def _level(interval: Interval) -> str:
    return "" if interval.level is None else f"{quantities.level(interval.level)} interval "


def _ratio(ratio: float) -> str:
    return quantities.quantity(ratio, None)


def _interval(interval: Interval | None) -> str:
    return f"{_ratio(interval.low)} to {_ratio(interval.high)}" if interval else ""
