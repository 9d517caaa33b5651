"""The geometric mean and its interval."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from benchmarks.comparison.geometric_mean import geometric_mean
from benchmarks.comparison.unit_numbers import BenchmarkKey, Logs

A, B, C = (BenchmarkKey("target", name) for name in "abc")


def side(units: str, *logs: tuple[float, ...]) -> Logs:
    """Benchmarks a, b, …, each with its logarithms by unit; NaN is no number."""
    return {
        key: {unit: log for unit, log in zip(units, row, strict=True) if not math.isnan(log)}
        for key, row in zip((A, B, C), logs, strict=False)
    }


OLD = side("pqr", (0.1, 0.2, 0.4), (1.0, 1.3, 1.1))
NEW = side("xyz", (0.3, 0.1, 0.2), (1.2, 1.6, 1.3))
MEANS_OLD, MEANS_NEW = [0.55, 0.75, 0.75], [0.75, 0.85, 0.75]


def test_each_unit_counts_with_its_own_mean() -> None:
    found = geometric_mean(OLD, NEW, [A, B], paired=False, level=0.95)
    expected = stats.ttest_ind(MEANS_NEW, MEANS_OLD, equal_var=False).confidence_interval(0.95)
    assert found
    assert found.interval
    assert found.ratio == pytest.approx(math.exp(np.mean(MEANS_NEW) - np.mean(MEANS_OLD)))
    assert (found.interval.low, found.interval.high) == pytest.approx(tuple(np.exp(expected)))
    assert (found.keys, found.units_old, found.units_new) == ((A, B), 3, 3)


def test_rounds_are_paired() -> None:
    new = {key: dict(zip("pqr", logs.values(), strict=True)) for key, logs in NEW.items()}
    found = geometric_mean(OLD, new, [A, B], paired=True, level=0.9)
    expected = stats.ttest_rel(MEANS_NEW, MEANS_OLD).confidence_interval(0.9)
    assert found
    assert found.interval
    assert (found.interval.low, found.interval.high) == pytest.approx(tuple(np.exp(expected)))


def test_benchmarks_that_a_unit_lacks_are_left_out() -> None:
    old = side("pq", (0.1, 0.2), (1.0, math.nan), (5.0, 6.0))
    new = side("xy", (0.3, 0.3), (1.0, 1.0), (math.nan, 6.0))
    found = geometric_mean(old, new, [A, B, C], paired=False, level=0.95)
    assert found
    assert found.keys == (A,)
    assert found.ratio == pytest.approx(math.exp(0.15))


@pytest.mark.parametrize(("old", "new"), [("p", "x"), ("pq", "x"), ("p", "xy")])
def test_one_unit_on_a_side_has_no_interval(old: str, new: str) -> None:
    found = geometric_mean(side(old, (0.1,) * len(old)), side(new, (0.3,) * len(new)), [A], paired=False, level=0.95)
    assert found
    assert found.ratio == pytest.approx(math.exp(0.2))
    assert found.interval is None
    assert (found.units_old, found.units_new) == (len(old), len(new))


def test_without_a_common_benchmark_there_is_none() -> None:
    old = side("pq", (0.1, math.nan), (math.nan, 0.1))
    assert geometric_mean(old, side("x", (0.1,), (0.1,)), [A, B], paired=False, level=0.95) is None
    assert geometric_mean({}, {}, [], paired=False, level=0.95) is None
