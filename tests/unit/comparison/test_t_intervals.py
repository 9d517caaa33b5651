"""Intervals and p-values, compared with scipy.stats."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from benchmarks.comparison import t_intervals
from benchmarks.comparison.t_intervals import Floats, LogRatios
from benchmarks.runs.result_records import Interval

EXACT: dict[str, Any] = {"rel": 1e-9, "abs": 1e-12}
logs = st.lists(st.floats(-5, 5).map(lambda value: round(value, 6)), min_size=2, max_size=12)


def parts(found: LogRatios) -> tuple[float, float, float, float]:
    return float(found.log), float(found.low), float(found.high), float(found.p)


def by_scipy(old: list[float], new: list[float], *, equal_spread: bool) -> tuple[float, float, float, float]:
    found = stats.ttest_ind(new, old, equal_var=equal_spread)
    interval = found.confidence_interval(0.95)
    return float(np.mean(new) - np.mean(old)), float(interval.low), float(interval.high), float(found.pvalue)


def spread(values: list[float]) -> bool:
    return max(values) - min(values) > 1e-4


@given(logs.filter(spread), logs.filter(spread))
def test_welchs_and_students_intervals_are_those_of_scipy(old: list[float], new: list[float]) -> None:
    both = np.array(old), np.array(new)
    assert parts(t_intervals.welch(*both)) == pytest.approx(by_scipy(old, new, equal_spread=False), **EXACT)
    assert parts(t_intervals.student(*both)) == pytest.approx(by_scipy(old, new, equal_spread=True), **EXACT)


@given(logs.filter(spread), logs.filter(spread))
def test_independent_sides_have_the_wider_interval(old: list[float], new: list[float]) -> None:
    log, low, high, p = parts(t_intervals.independent(np.array(old), np.array(new)))
    welch, student = (by_scipy(old, new, equal_spread=equal) for equal in (False, True))
    wider = max(welch, student, key=lambda one: one[2] - one[1])
    assert (log, low, high) == pytest.approx(wider[:3], **EXACT)
    assert p == pytest.approx(max(welch[3], student[3]), **EXACT)


@given(st.integers(2, 12).flatmap(lambda n: st.tuples(*[st.lists(st.floats(-5, 5), min_size=n, max_size=n)] * 2)))
def test_with_as_many_units_on_both_sides_the_interval_is_welchs(sides: tuple[list[float], list[float]]) -> None:
    old, new = map(np.array, sides)
    assert parts(t_intervals.independent(old, new)) == pytest.approx(parts(t_intervals.welch(old, new)), **EXACT)


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=2, max_size=12))
def test_the_interval_of_pairs_is_that_of_scipy(pairs: list[tuple[float, float]]) -> None:
    old, new = (np.round(np.array(side), 6) for side in zip(*pairs, strict=True))
    if not spread(list(new - old)):
        return
    found = stats.ttest_rel(new, old)
    interval = found.confidence_interval(0.95)
    expected = float(np.mean(new - old)), float(interval.low), float(interval.high), float(found.pvalue)
    assert parts(t_intervals.paired(old, new)) == pytest.approx(expected, **EXACT)


def test_another_level_has_another_interval() -> None:
    old, new = np.array([0.0, 0.1, 0.3]), np.array([0.2, 0.5, 0.3])
    expected = stats.ttest_ind(new, old, equal_var=False).confidence_interval(0.8)
    found = t_intervals.independent(old, new, 0.8)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_many_benchmarks_at_once_have_the_intervals_of_each() -> None:
    random = np.random.default_rng(1)
    old, new = random.normal(size=(4, 3, 5)), random.normal(size=(4, 3, 7))
    together = t_intervals.independent(old, new)
    assert together.p.shape == (4, 3)
    for index in np.ndindex(4, 3):
        one = t_intervals.independent(old[index], new[index])
        assert [values[index] for values in (together.log, together.low, together.high, together.p)] == list(parts(one))


@pytest.mark.parametrize("method", [t_intervals.independent, t_intervals.paired])
def test_units_without_a_number_do_not_count(method: Any) -> None:
    nan = math.nan
    old, new = np.array([[0.1, nan, 0.4, 0.2]]), np.array([[0.3, nan, 0.5, 0.1]])
    without = method(old[:, [0, 2, 3]], new[:, [0, 2, 3]])
    found = method(old, new)
    assert (found.low, found.high, found.p) == (without.low, without.high, without.p)


def test_pairs_without_one_number_do_not_count() -> None:
    old, new = np.array([0.1, 0.9, 0.4, 0.2]), np.array([0.3, math.nan, 0.5, 0.1])
    assert parts(t_intervals.paired(old, new)) == parts(t_intervals.paired(old[[0, 2, 3]], new[[0, 2, 3]]))


@pytest.mark.parametrize(
    ("old", "new"), [([0.1], [0.3]), ([0.1], [0.3, 0.4, 0.5]), ([0.1, 0.2], [0.3]), ([0.1], [0.1, 0.1])]
)
def test_one_unit_on_a_side_has_no_interval(old: list[float], new: list[float]) -> None:
    found = t_intervals.independent(np.array(old), np.array(new))
    assert found.log == pytest.approx(np.mean(new) - np.mean(old))
    assert np.isnan([found.low, found.high, found.p]).all()


def test_one_pair_has_no_interval() -> None:
    found = t_intervals.paired(np.array([0.1, math.nan]), np.array([0.3, 0.1]))
    assert found.log == pytest.approx(0.2)
    assert np.isnan([found.low, found.high, found.p]).all()


@pytest.mark.parametrize("method", [t_intervals.independent, t_intervals.welch, t_intervals.student])
@pytest.mark.parametrize("value", [0.1, math.log(3), -7.3])
def test_equal_numbers_without_any_spread_are_certain(method: Any, value: float) -> None:
    old = np.full(3, value)
    assert parts(method(old, np.full(7, value))) == (0.0, 0.0, 0.0, 1.0)
    log, *rest = parts(method(old, old + 0.5))
    assert log == pytest.approx(0.5)
    assert rest == [log, log, 0.0]


def test_pairs_of_equals_are_certain() -> None:
    values: Floats = np.log([3.0, 5.0, 7.1])
    assert parts(t_intervals.paired(values, values)) == (0.0, 0.0, 0.0, 1.0)


def test_a_side_without_any_spread_leaves_the_interval_to_the_other() -> None:
    old, new = np.array([0.1, 0.1, 0.1]), np.array([0.3, 0.2, 0.4])
    expected = stats.ttest_1samp(new, 0.1)
    interval = expected.confidence_interval(0.95)
    found = t_intervals.welch(old, new)
    assert (found.low, found.high) == pytest.approx((interval.low - 0.1, interval.high - 0.1))
    assert found.p == pytest.approx(expected.pvalue)


def test_an_interval_is_one_of_ratios() -> None:
    assert t_intervals.interval(math.log(0.5), math.log(2), 0.95) == Interval(low=0.5, high=2.0, level=0.95)
    assert t_intervals.interval(math.nan, math.nan, 0.95) is None
    assert t_intervals.ratio(1000.0) == math.inf
