"""The samples of a measurement as a page shows them."""

from __future__ import annotations

import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.runs.result_records import Samples
from benchmarks.web_page import sample_values
from tests.support.result_samples import criterion, printed


def test_values_are_per_iteration_and_in_order() -> None:
    samples = Samples(mode=None, iterations=(2.0, 1.0, 4.0), values=(10.0, 7.0, 12.0))
    assert sample_values.values(criterion(samples=samples)) == [5.0, 7.0, 3.0]


def test_a_sample_of_no_iterations_is_left_out() -> None:
    samples = Samples(mode=None, iterations=(0.0, 1.0, 1.0), values=(1.0, 2.0, math.inf))
    assert sample_values.values(criterion(samples=samples)) == [2.0]


def test_a_printed_estimate_has_no_samples() -> None:
    assert sample_values.values(printed()) == []


def test_quantiles_reach_from_the_least_to_the_greatest_value() -> None:
    every = sorted(random.Random(1).random() for _ in range(101))
    found = sample_values.quantiles(every)
    assert len(found) == sample_values.PARTS + 1
    assert (found[0], found[-1]) == (every[0], every[-1])
    assert found[sample_values.PARTS // 2] == statistics.median(every)


@pytest.mark.parametrize("few", [[], [3.0]])
def test_one_sample_has_no_quantiles_but_itself(few: list[float]) -> None:
    assert sample_values.quantiles(few) == few


@pytest.mark.parametrize(
    ("value", "short"), [(123456.7, 123460), (1.234567, 1.2346), (math.nan, None), (-math.inf, None)]
)
def test_numbers_have_as_many_digits_as_can_be_seen(value: float, short: float | None) -> None:
    assert sample_values.rounded(value) == short


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_rounding_changes_no_number_by_more_than_its_last_digit(value: float) -> None:
    rounded = sample_values.rounded(value)
    assert rounded is None or math.isclose(rounded, value, rel_tol=1e-4, abs_tol=1e-320)
