"""Ticks of a logarithmic axis."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.web_page.log_ticks import ticks


def test_times_have_texts_in_suitable_units() -> None:
    found = dict(ticks([90.0, 4e9], "ns"))
    assert (min(found), max(found)) == (50.0, 5e9)
    assert [found[tick] for tick in (50.0, 100.0, 1e3, 2e6, 5e9)] == ["50 ns", "100 ns", "1 µs", "2 ms", "5 s"]


def test_other_units_are_kept_and_an_unknown_one_has_none() -> None:
    assert ticks([1.5], "cycles") == [(1.0, "1 cycles"), (2.0, "2 cycles")]
    assert ticks([1.5], None) == [(1.0, "1"), (2.0, "2")]


@pytest.mark.parametrize("values", [[], [0.0], [-1.0, 0.0], [math.inf, math.nan]])
def test_without_a_positive_value_there_are_none(values: list[float]) -> None:
    assert ticks(values, "ns") == []


@given(st.lists(st.floats(min_value=1e-200, max_value=1e200), min_size=1))
def test_the_ticks_enclose_all_values(values: list[float]) -> None:
    found = [tick for tick, _ in ticks(values, None)]
    assert found[0] <= min(values)
    assert found[-1] >= max(values)
    assert found == sorted(found)
