"""Formatting of measured values: four significant digits, in a suitable unit."""

from __future__ import annotations

import math
from collections.abc import Sequence

from benchmarks.runs.result_records import NANOSECONDS

_TIMES = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns"), (1e-3, "ps"))
# As Criterion prints rates: https://docs.rs/criterion/latest/criterion/enum.Throughput.html
_DECIMAL = ((1e9, "G"), (1e6, "M"), (1e3, "K"), (1.0, ""))
_BINARY = ((1024.0**3, "Gi"), (1024.0**2, "Mi"), (1024.0, "Ki"), (1.0, ""))
_RATES = {
    "elements": (_DECIMAL, "elem/s"),
    "bytes": (_BINARY, "B/s"),
    "bytes_decimal": (_DECIMAL, "B/s"),
    "bits": (_DECIMAL, "b/s"),
}


def quantity(value: float, unit: str | None) -> str:
    """A measured value: a time in a suitable unit, others in their own unit, or without one if it is unknown."""
    return duration(value) if unit == NANOSECONDS else f"{_digits(value)} {unit or ''}".rstrip()


def duration(nanoseconds: float) -> str:
    """A time in a suitable unit, as Criterion prints it."""
    return _scaled(nanoseconds, _TIMES) if nanoseconds else "0 ns"


def rate(kind: str, amount: float, nanoseconds: float) -> str:
    """The throughput of `amount` elements, bytes, bytes_decimal, bits or others in `nanoseconds`, per second."""
    units, name = _RATES.get(kind, (_DECIMAL, f"{kind}/s"))
    return f"{_scaled(amount / nanoseconds * 1e9, units)}{name}"


def level(confidence: float) -> str:
    """A confidence level in per cent: `95%`, and `99.9%` without rounding it to 100%."""
    return f"{confidence * 100:.10g}%"


def unit_for(value: float, unit: str | None) -> tuple[float, str]:
    """How large the unit is in which `quantity` shows a value, relative to the value's own, and its name."""
    return _unit(value, _TIMES) if unit == NANOSECONDS and value else (1.0, unit or "")


def _scaled(value: float, units: Sequence[tuple[float, str]]) -> str:
    size, unit = _unit(value, units)
    return f"{_digits(value / size)} {unit}"


def _unit(value: float, units: Sequence[tuple[float, str]]) -> tuple[float, str]:
    # Choose the unit after rounding: 999.96 ns is shown as 1.000 µs, not as 1000.0 ns.
    rounded = abs(float(f"{value:.4g}"))
    return next(((size, unit) for size, unit in units if rounded >= size), units[-1])


def _digits(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    whole = len(str(int(abs(float(f"{value:.4g}")))))
    return f"{value:.{max(0, 4 - whole)}f}"
