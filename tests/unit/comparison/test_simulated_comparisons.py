"""How often comparisons are right, in short; tests/performance/comparison.py simulates more of them."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from benchmarks.comparison import verdicts
from benchmarks.comparison.t_intervals import Floats
from tests.performance import comparison
from tests.performance.comparison import Measured
from tests.support import interval_methods
from tests.support.simulated_results import Design, Units

SEEDS = (7, 11)
TRIALS = 2000
COVERAGE = (0.93, 0.985)
DESIGNS = (Design(5, 5), Design(2, 10), Design(10, 10, True))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("count", comparison.UNITS)
def test_the_interval_holds_the_true_ratio_as_often_as_it_says(seed: int, count: int) -> None:
    covered, width = comparison.intervals(np.random.default_rng(seed), TRIALS, Units(count), Units(count))
    assert COVERAGE[0] <= covered <= COVERAGE[1]
    if count == 5:
        assert width <= 0.06


@pytest.mark.parametrize("count", comparison.UNITS)
def test_samples_pooled_as_if_they_were_independent_would_fail(count: int) -> None:
    units = Units(count)
    covered, _ = comparison.intervals(np.random.default_rng(7), 300, units, units, interval_methods.pooled)
    assert covered < COVERAGE[0] / 2


def test_welchs_interval_alone_would_fail_with_few_against_many_units() -> None:
    old, new = Units(2), Units(10)
    by = {
        method: comparison.intervals(np.random.default_rng(7), TRIALS, old, new, method)[0]
        for method in (interval_methods.medians, interval_methods.welch)
    }
    assert by[interval_methods.welch] < COVERAGE[0] <= by[interval_methods.medians]


@pytest.mark.parametrize("seed", SEEDS)
def test_equals_rarely_have_a_verdict(seed: int) -> None:
    found = list(comparison.false_alarms(np.random.default_rng(seed), 200, DESIGNS))
    assert [str(one) for one in found if not one.is_kept] == []


def test_without_allowing_for_many_benchmarks_equals_would_often_have_a_verdict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unadjusted(p: Floats) -> Floats:
        return p

    monkeypatch.setattr(verdicts, "adjusted", unadjusted)
    found = list(comparison.false_alarms(np.random.default_rng(7), 50, DESIGNS))
    assert max(one.figure for one in found) > 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_slower_is_found_and_what_is_equal_is_the_same(seed: int) -> None:
    random = np.random.default_rng(seed)
    found = [*comparison.power(random, 200), *comparison.sameness(random, 200)]
    assert [str(one) for one in found if not one.is_kept] == []


def test_the_geometric_mean_is_in_its_interval_as_often_as_it_says() -> None:
    found = list(comparison.geometric_means(np.random.default_rng(7), 1000))
    assert [str(one) for one in found if not one.is_kept] == []


@pytest.mark.parametrize(
    ("figure", "code", "last"), [(0.95, 0, "All bounds are kept."), (0.5, 1, "1 bounds are broken.")]
)
def test_a_broken_bound_fails_the_simulation(
    figure: float, code: int, last: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = [Measured("bounded", figure, COVERAGE), Measured("told only", 0.1)]
    monkeypatch.setattr(comparison, "everything", lambda seed, trials: told)
    monkeypatch.setattr(sys, "argv", ["comparison", "--seed", "3"])
    assert comparison.main() == code
    assert capsys.readouterr().out.splitlines() == [*map(str, told), last]
