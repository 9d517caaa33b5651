"""Numbers as they are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.results import quantities

UNITS = {"ps": 1e-3, "ns": 1.0, "µs": 1e3, "ms": 1e6, "s": 1e9}


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0.0, "0 ns"),
        (0.0005, "0.500 ps"),
        (0.9, "900.0 ps"),
        (1.0, "1.000 ns"),
        (999.94, "999.9 ns"),
        (999.96, "1.000 µs"),
        (12346.0, "12.35 µs"),
        (1.5e6, "1.500 ms"),
        (3.3647e9, "3.365 s"),
        (12345e9, "12345 s"),
        (-1.25, "-1.250 ns"),
        (-3500.0, "-3.500 µs"),
        (-999.96, "-1.000 µs"),
    ],
)
def test_a_time_is_shown_in_the_unit_that_suits_its_size(nanoseconds: float, text: str) -> None:
    assert quantities.duration(nanoseconds) == text


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (999.94, "ns", (1.0, "ns")),
        (999.96, "ns", (1e3, "µs")),
        (-2e9, "ns", (1e9, "s")),
        (0.0, "ns", (1.0, "ns")),
        (5e6, "cycles", (1.0, "cycles")),
        (5e6, None, (1.0, "")),
    ],
)
def test_the_unit_of_a_quantity_can_be_asked_for(value: float, unit: str | None, shown: tuple[float, str]) -> None:
    assert quantities.unit_for(value, unit) == shown


def test_what_is_no_number_is_shown_as_that() -> None:
    assert quantities.quantity(float("inf"), None) == "inf"
    assert quantities.quantity(float("nan"), "cycles") == "nan cycles"


@given(st.floats(min_value=0.001, max_value=9.999e12), st.sampled_from([1, -1]))
def test_a_time_is_shown_with_four_digits_that_mean_it(size: float, sign: int) -> None:
    number, unit = quantities.duration(sign * size).split()
    assert len(number.lstrip("-").replace(".", "")) == 4
    assert abs(float(number)) < 1000 or unit == "s"
    assert float(number) * UNITS[unit] == pytest.approx(sign * size, rel=0.00051)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(1500.0, "ns", "1.500 µs"), (1500.0, "B", "1500 B"), (8.0, "cycles", "8.000 cycles"), (1.5, None, "1.500")],
)
def test_only_times_are_shown_as_times(value: float, unit: str | None, text: str) -> None:
    assert quantities.quantity(value, unit) == text


@pytest.mark.parametrize(
    ("confidence", "text"),
    [(0.95, "95%"), (0.995, "99.5%"), (0.999, "99.9%"), (0.9999, "99.99%"), (0.07, "7%"), (0.29, "29%")],
)
def test_a_level_is_not_rounded_to_certainty(confidence: float, text: str) -> None:
    assert quantities.level(confidence) == text


@pytest.mark.parametrize(
    ("kind", "amount", "nanoseconds", "text"),
    [
        ("elements", 4096, 304.0, "13.47 Gelem/s"),
        ("elements", 1, 2e9, "0.500 elem/s"),
        ("bytes", 1 << 20, 1e9, "1.000 MiB/s"),
        ("bytes_decimal", 1_000_000, 1e9, "1.000 MB/s"),
        ("bits", 8000, 1e9, "8.000 Kb/s"),
    ],
)
def test_a_rate_has_the_unit_that_criterion_prints(kind: str, amount: float, nanoseconds: float, text: str) -> None:
    assert quantities.rate(kind, amount, nanoseconds) == text


def test_the_rate_of_a_kind_that_is_not_criterions_has_its_own_name() -> None:
    assert quantities.rate("rows", 2000.0, 1e9) == "2.000 Krows/s"
