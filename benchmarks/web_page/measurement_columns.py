"""The columns of the table of measurements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.exports import throughput_rates
from benchmarks.results import quantities
from benchmarks.runs.result_records import BenchmarkMeasurement
from benchmarks.text import natural
from benchmarks.web_page.sample_values import EXACT, rounded
from benchmarks.web_page.visible_text import shortened, visible


@dataclass(frozen=True)
class Measured:
    """A measurement, and the place of its source in the page."""

    source: int
    measurement: BenchmarkMeasurement


@dataclass(frozen=True)
class Column:
    """A column of the table: its heading, the text of a cell, and the number to sort by, null for none.

    If a column has names, the number is the place of one of them, which is the text.
    """

    title: str
    number: Callable[[Measured], float | None]
    text: Callable[[Measured], str] | None = None
    names: Sequence[str] = ()

    def data(self) -> dict[str, Any]:
        names = {"names": self.names} if self.names else {}
        return {"title": self.title, "is_number": not self.names, **names}


def series(measurement: BenchmarkMeasurement) -> str:
    """What tells measurements of a benchmark by one source apart: the variant, and the process after the first."""
    process = f"process {measurement.process}" if measurement.process > 1 else ""
    return ", ".join(filter(None, (visible(measurement.variant or ""), process)))


def table_columns(labels: Sequence[str], has_targets: bool, found: Sequence[Measured]) -> list[Column]:
    """The columns after that of the benchmark: as in the terminal, only those in which there is something to tell."""
    every = [one.measurement for one in found]
    columns: list[Column] = []
    if has_targets:
        columns.append(_named("target", lambda one: visible(one.measurement.target or ""), found))
    if len(labels) > 1:
        columns.append(Column("source", lambda one: one.source, names=[shortened(label) for label in labels]))
    if any(map(series, every)):
        columns.append(_named("variant", lambda one: series(one.measurement), found))
    columns.append(Column("estimate", _point, lambda one: _quantity(one, one.measurement.shown.point)))
    columns += _intervals(every)
    if any(one.spread is not None for one in every):
        columns.append(Column("max - min", lambda one: _known(one.measurement.spread), _spread_text))
    if any(one.throughput for one in every):
        columns.append(Column("throughput", _throughput, _throughput_text))
    if any(one.samples for one in every):
        columns.append(Column("samples", _samples, lambda one: str(_samples(one) or "")))
    return columns


def _named(title: str, name: Callable[[Measured], str], found: Sequence[Measured]) -> Column:
    names = sorted(set(map(name, found)), key=natural)
    places = {name: place for place, name in enumerate(names)}
    return Column(title, lambda one: places[name(one)], names=names)


def _intervals(every: Sequence[BenchmarkMeasurement]) -> list[Column]:
    """The column of intervals, sorted by their width relative to the estimate. A common level is in its heading."""
    levels = {one.shown.interval.level for one in every if one.shown.interval}
    if not levels:
        return []
    level = levels.pop() if len(levels) == 1 else None
    title = "interval" if level is None else f"{quantities.level(level)} interval"
    return [Column(title, _relative_width, lambda one: _interval_text(one, level))]


def _interval_text(measured: Measured, common: float | None) -> str:
    interval = measured.measurement.shown.interval
    if not interval:
        return ""
    own = "" if interval.level in (None, common) else f" ({quantities.level(interval.level)})"
    return f"{_quantity(measured, interval.low)} to {_quantity(measured, interval.high)}{own}"


def _relative_width(measured: Measured) -> float | None:
    shown = measured.measurement.shown
    return rounded((shown.interval.high - shown.interval.low) / shown.point) if shown.interval and shown.point else None


def _quantity(measured: Measured, value: float) -> str:
    return visible(quantities.quantity(value, measured.measurement.unit))


def _point(measured: Measured) -> float | None:
    return rounded(measured.measurement.shown.point, EXACT)


def _known(value: float | None) -> float | None:
    return None if value is None else rounded(value)


def _spread_text(measured: Measured) -> str:
    spread = measured.measurement.spread
    return "" if spread is None else _quantity(measured, spread)


def _throughput_text(measured: Measured) -> str:
    return ", ".join(map(visible, throughput_rates.texts(measured.measurement)))


def _throughput(measured: Measured) -> float | None:
    point = measured.measurement.shown.point
    rates = (
        throughput_rates.per_second(amount, point) for amount in throughput_rates.amounts(measured.measurement).values()
    )
    return next((rounded(rate) for rate in rates if rate is not None), None)


def _samples(measured: Measured) -> int | None:
    return len(measured.measurement.samples.values) if measured.measurement.samples else None
