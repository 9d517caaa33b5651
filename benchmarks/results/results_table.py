"""The results as a table. What all rows have in common is in the heading or left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.table import Table
from rich.text import Text

from benchmarks.results import quantities
from benchmarks.results.estimates import NANOSECONDS, Estimate
from benchmarks.terminal import rendering

Cell = Callable[[Estimate], str]


def table(estimates: Sequence[Estimate]) -> Table:
    """The estimates, in the order given. Columns for target and throughput appear only if needed."""
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    names = {"target": _target, "benchmark": _id} if len({e.target for e in estimates}) > 1 else {"benchmark": _id}
    numbers = {"estimate": _point, **_spans(estimates)}
    if any(estimate.throughput for estimate in estimates):
        numbers["throughput"] = _throughput
    for title in names:
        drawn.add_column(title, overflow="fold")
    for title, cell in numbers.items():
        # Never truncate a number; on a narrow terminal, fold the names or let the line wrap.
        width = max(len(text) for text in (title, *map(cell, estimates)))
        drawn.add_column(title, justify="right", no_wrap=True, min_width=width)
    for estimate in estimates:
        shown = [rendering.Name(name(estimate)) for name in names.values()]
        drawn.add_row(*shown, *(Text(number(estimate)) for number in numbers.values()))
    return drawn


def _target(estimate: Estimate) -> str:
    return estimate.target


def _id(estimate: Estimate) -> str:
    return estimate.id


def _point(estimate: Estimate) -> str:
    return quantities.quantity(estimate.point, estimate.unit)


def _spans(estimates: Sequence[Estimate]) -> dict[str, Cell]:
    """The columns of confidence intervals and spreads. A common confidence level is in the column's title."""
    levels = {estimate.interval.level for estimate in estimates if estimate.interval}
    columns: dict[str, Cell] = {}
    if len(levels) == 1:
        columns[f"{quantities.level(*levels)} interval"] = _interval
    elif levels:
        columns["interval"] = lambda estimate: f"{_interval(estimate)}{_level(estimate)}"
    if any(estimate.spread is not None for estimate in estimates):
        columns["max - min"] = _spread
    return columns


def _interval(estimate: Estimate) -> str:
    if not estimate.interval:
        return ""
    low, high = (quantities.quantity(end, estimate.unit) for end in (estimate.interval.low, estimate.interval.high))
    return f"{low} to {high}"


def _level(estimate: Estimate) -> str:
    return f" ({quantities.level(estimate.interval.level)})" if estimate.interval else ""


def _spread(estimate: Estimate) -> str:
    return "" if estimate.spread is None else quantities.quantity(estimate.spread, estimate.unit)


def _throughput(estimate: Estimate) -> str:
    # A rate needs a time: it is undefined for other measurements and for zero.
    if estimate.unit != NANOSECONDS or estimate.point <= 0:
        return ""
    rates = (quantities.rate(kind, amount, estimate.point) for kind, amount in estimate.throughput.items())
    return ", ".join(rates)
