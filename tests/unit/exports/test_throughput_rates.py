"""Throughputs as rates."""

from __future__ import annotations

import pytest

from benchmarks.exports import throughput_rates
from tests.support.result_samples import criterion, printed


def test_only_times_make_rates() -> None:
    amounts = {"bytes": 64.0}
    assert throughput_rates.amounts(criterion(throughput=amounts)) == amounts
    assert throughput_rates.amounts(printed(throughput=amounts)) == {}
    assert throughput_rates.amounts(printed(throughput=amounts, unit=None)) == {}


@pytest.mark.parametrize(("nanoseconds", "rate"), [(2.0, 5e9), (1e9, 10.0), (0.0, None), (-1.0, None)])
def test_a_rate_is_per_second(nanoseconds: float, rate: float | None) -> None:
    assert throughput_rates.per_second(10.0, nanoseconds) == rate


@pytest.mark.parametrize(
    ("kind", "unit"),
    [("elements", "elements/s"), ("bytes", "B/s"), ("bytes_decimal", "B/s"), ("bits", "bits/s"), ("new", "new/s")],
)
def test_a_rate_says_what_is_counted(kind: str, unit: str) -> None:
    assert throughput_rates.unit(kind) == unit


def test_rates_are_shown_in_suitable_units() -> None:
    shown = throughput_rates.texts(criterion(point=100.0, throughput={"elements": 8192.0, "new": 10.0}))
    assert shown == ["81.92 Gelem/s", "100000000 new/s"]
    assert throughput_rates.texts(criterion(point=0.0, throughput={"elements": 1.0})) == []
    assert throughput_rates.texts(printed(throughput={"elements": 1.0})) == []
