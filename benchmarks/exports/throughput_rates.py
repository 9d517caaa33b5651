"""Throughputs as rates: amounts per second."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.results import quantities
from benchmarks.runs.result_records import NANOSECONDS, BenchmarkMeasurement

# What is counted, for each kind of throughput that Criterion has.
UNITS = {"elements": "elements", "bytes": "B", "bytes_decimal": "B", "bits": "bits"}


def amounts(measurement: BenchmarkMeasurement) -> Mapping[str, float]:
    """The amounts per iteration by kind; empty unless times were measured, which alone make rates."""
    return measurement.throughput if measurement.unit == NANOSECONDS else {}


def per_second(amount: float, nanoseconds: float) -> float | None:
    """The rate of an amount in a time; None for times without one: zero, or below it as the end of an interval."""
    return amount / nanoseconds * 1e9 if nanoseconds > 0 else None


def unit(kind: str) -> str:
    """The unit of a kind's rates, such as `B/s`."""
    return f"{UNITS.get(kind, kind)}/s"


def texts(measurement: BenchmarkMeasurement) -> list[str]:
    """The rates at the estimate that is shown, in suitable units; empty where there is none."""
    point = measurement.shown.point
    return [_text(kind, amount, point) for kind, amount in amounts(measurement).items() if point > 0]


def _text(kind: str, amount: float, nanoseconds: float) -> str:
    if kind in UNITS:
        return quantities.rate(kind, amount, nanoseconds)
    return quantities.quantity(amount / nanoseconds * 1e9, unit(kind))
