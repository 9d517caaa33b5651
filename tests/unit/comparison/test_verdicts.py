"""Which ratios are differences."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import stats

from benchmarks.comparison import verdicts
from benchmarks.comparison.t_intervals import LogRatios
from benchmarks.comparison.verdicts import Limits
from benchmarks.errors import RefusedError

NAN = math.nan
BAND = math.log1p(0.02)


def ratios(*rows: tuple[float, float, float, float]) -> LogRatios:
    """Ratios from (log, low, high, p) of each."""
    log, low, high, p = (np.array(values) for values in zip(*rows, strict=True))
    return LogRatios(log, low, high, p)


def found(*rows: tuple[float, float, float, float], limits: Limits | None = None) -> list[str]:
    changes = verdicts.changes(ratios(*rows), limits or Limits())
    names = {"below": changes.below, "above": changes.above, "same": changes.same}
    return [
        " and ".join(name for name, flags in names.items() if flags[index]) or "unclear" for index in range(len(rows))
    ]


@given(arrays(np.float64, array_shapes(max_dims=2, max_side=30), elements=st.floats(0, 1)))
def test_adjusted_p_values_are_those_of_scipy(p: Any) -> None:
    assert verdicts.adjusted(p) == pytest.approx(stats.false_discovery_control(p, axis=-1), rel=1e-12)


def test_benchmarks_without_a_p_value_do_not_count() -> None:
    adjusted = verdicts.adjusted(np.array([NAN, 0.04, NAN, 0.01]))
    assert adjusted == pytest.approx([NAN, 0.04, NAN, 0.02], nan_ok=True)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.03, 0.09, "above"),
        (-0.09, -0.03, "below"),
        (-0.01, 0.01, "same"),
        (0.001, 0.01, "same"),  # a difference, but one that does not matter
        (-BAND, BAND, "same"),
        (0.01, 0.05, "unclear"),
        (-0.05, -0.01, "unclear"),
        (-0.05, 0.05, "unclear"),
        (BAND, 0.05, "unclear"),
    ],
)
def test_the_interval_decides_what_a_significant_difference_is(low: float, high: float, verdict: str) -> None:
    assert found(((low + high) / 2, low, high, 1e-9)) == [verdict]


def test_a_difference_that_may_be_chance_among_many_is_unclear() -> None:
    alone = (0.05, 0.03, 0.07, 0.01)
    assert found(alone) == ["above"]
    assert found(alone, *[(0.0, -0.05, 0.05, 0.9)] * 73)[0] == "unclear"


def test_a_difference_is_found_more_easily_among_others() -> None:
    assert found(*[(0.05, 0.03, 0.07, 0.01)] * 74) == ["above"] * 74


def test_each_comparison_is_judged_by_itself() -> None:
    p = np.array([[0.01, 0.9, 0.9], [0.01, 0.01, 0.01]])
    log = np.full_like(p, 0.05)
    changes = verdicts.changes(LogRatios(log, log - 0.02, log + 0.02, p), Limits())
    assert changes.above.tolist() == [[True, False, False], [True, True, True]]


@pytest.mark.parametrize(
    ("log", "verdict"),
    [
        (math.log(1.11), "above"),
        (-math.log(1.11), "below"),
        (math.log(1.09), "unclear"),
        (-math.log(1.09), "unclear"),
        (0.0, "unclear"),
    ],
)
def test_one_run_is_judged_by_the_assumed_noise_and_never_the_same(log: float, verdict: str) -> None:
    assert found((log, NAN, NAN, NAN)) == [verdict]


def test_one_run_must_be_beyond_the_threshold_too() -> None:
    row = (math.log(1.15), NAN, NAN, NAN)
    assert found(row, limits=Limits(threshold=0.2)) == ["unclear"]
    assert found(row, limits=Limits(threshold=0.12)) == ["above"]


def test_limits_change_what_is_found() -> None:
    row = (0.05, 0.03, 0.07, 0.01)
    assert found(row, limits=Limits(threshold=0.05)) == ["unclear"]
    assert found(row, limits=Limits(threshold=0.1)) == ["same"]
    assert found(row, limits=Limits(false_discovery_rate=0.001)) == ["unclear"]
    assert found((0.05, NAN, NAN, NAN), limits=Limits(noise=0.03)) == ["above"]


def test_without_any_spread_a_verdict_is_certain() -> None:
    assert found((0.0, 0.0, 0.0, 1.0), (0.05, 0.05, 0.05, 0.0), (0.01, 0.01, 0.01, 0.0)) == ["same", "above", "same"]


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"threshold": -0.1}, "threshold must be a share such as 0.02, for 2 %, but it is -0.1."),
        ({"noise": math.nan}, "noise must be a share such as 0.02, for 2 %, but it is nan."),
        ({"level": 1.0}, "level must be a share between 0 and 1, but it is 1."),
        ({"false_discovery_rate": 0.0}, "false_discovery_rate must be a share between 0 and 1, but it is 0."),
    ],
)
def test_a_limit_that_is_no_share_is_refused(limits: dict[str, float], sentence: str) -> None:
    with pytest.raises(RefusedError) as refused:
        Limits(**limits)
    assert str(refused.value) == sentence
