"""The results as a table. What all rows have in common is in the heading or left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.table import Table

from benchmarks.results import quantities, stability
from benchmarks.runs.result_records import NANOSECONDS, BenchmarkMeasurement
from benchmarks.terminal import rendering
from benchmarks.text import escaped

Cell = Callable[[BenchmarkMeasurement], str]


def table(measurements: Sequence[BenchmarkMeasurement], *, detailed: bool = False) -> Table:
    """The measurements, in the order given.

    Columns for target, throughput and the number of the process appear only if needed. With `detailed`, the samples are
    counted, and signs of instability are named.
    """
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    names = {"target": _target, "benchmark": _id} if len({m.target for m in measurements}) > 1 else {"benchmark": _id}
    numbers = {"estimate": _point, **_spans(measurements)}
    if any(measurement.throughput for measurement in measurements):
        numbers["throughput"] = _throughput
    if detailed and any(measurement.samples for measurement in measurements):
        numbers["samples"] = _samples
    if detailed and any(map(stability.signs, measurements)):
        numbers["unstable"] = _unstable
    if any(measurement.process > 1 for measurement in measurements):
        numbers["process"] = _process
    for title in names:
        drawn.add_column(title, overflow="fold")
    for title, cell in numbers.items():
        # Never truncate a number; on a narrow terminal, fold the names or let the line wrap.
        width = max(len(escaped(text)) for text in (title, *map(cell, measurements)))
        drawn.add_column(title, justify="right", no_wrap=True, min_width=width)
    for measurement in measurements:
        shown = [rendering.Name(name(measurement)) for name in names.values()]
        drawn.add_row(*shown, *(rendering.plain(number(measurement)) for number in numbers.values()))
    return drawn


def _target(measurement: BenchmarkMeasurement) -> str:
    return measurement.target or ""


def _id(measurement: BenchmarkMeasurement) -> str:
    return measurement.id


def _point(measurement: BenchmarkMeasurement) -> str:
    return quantities.quantity(measurement.shown.point, measurement.unit)


def _spans(measurements: Sequence[BenchmarkMeasurement]) -> dict[str, Cell]:
    """The columns of confidence intervals and spreads. A common confidence level is in the column's title."""
    levels = {measurement.shown.interval.level for measurement in measurements if measurement.shown.interval}
    columns: dict[str, Cell] = {}
    if len(levels) == 1:
        columns[f"{_level(*levels)} interval".lstrip()] = _interval
    elif levels:
        columns["interval"] = _interval_with_level
    if any(measurement.spread is not None for measurement in measurements):
        columns["max - min"] = _spread
    return columns


def _interval(measurement: BenchmarkMeasurement) -> str:
    interval = measurement.shown.interval
    if not interval:
        return ""
    low, high = (quantities.quantity(end, measurement.unit) for end in (interval.low, interval.high))
    return f"{low} to {high}"


def _interval_with_level(measurement: BenchmarkMeasurement) -> str:
    interval = measurement.shown.interval
    level = _level(interval.level if interval else None)
    return f"{_interval(measurement)} ({level})" if level else _interval(measurement)


def _level(confidence: float | None) -> str:
    return "" if confidence is None else quantities.level(confidence)


def _spread(measurement: BenchmarkMeasurement) -> str:
    return "" if measurement.spread is None else quantities.quantity(measurement.spread, measurement.unit)


def _samples(measurement: BenchmarkMeasurement) -> str:
    return str(len(measurement.samples.values)) if measurement.samples else ""


def _unstable(measurement: BenchmarkMeasurement) -> str:
    return ", ".join(stability.signs(measurement))


def _process(measurement: BenchmarkMeasurement) -> str:
    return str(measurement.process)


def _throughput(measurement: BenchmarkMeasurement) -> str:
    # A rate needs a time: it is undefined for other measurements and for zero.
    point = measurement.shown.point
    if measurement.unit != NANOSECONDS or point <= 0:
        return ""
    return ", ".join(quantities.rate(kind, amount, point) for kind, amount in measurement.throughput.items())
