"""A comparison as the page shows it."""

from __future__ import annotations

from benchmarks.comparison.comparing import compare
from benchmarks.comparison.unit_numbers import BenchmarkKey, Numbers, UnitNumber
from benchmarks.comparison.verdicts import Limits
from benchmarks.web_page.comparison_rows import compared


def numbers(**values: tuple[float, ...]) -> Numbers:
    """Each benchmark's numbers, one for each unit; no target is known."""
    return {
        BenchmarkKey(None, id): [UnitNumber(f"unit {place}", value) for place, value in enumerate(given)]
        for id, given in values.items()
    }


def test_rows_have_ratio_interval_verdict_and_what_it_is_based_on() -> None:
    found = compare(numbers(fft=(100.0, 101.0, 102.0)), numbers(fft=(200.0, 202.0, 204.0)))
    shown = compared(found, "old", "new")
    (row,) = shown.benchmarks
    assert (row.target, row.id, row.verdict) == (None, "fft", "slower")
    assert round(row.ratio, 6) == 2
    assert row.interval == found.rows[0].interval
    assert row.basis == found.basis(found.rows[0])
    assert (shown.old, shown.new, shown.threshold) == ("old", "new", 0.02)


def test_the_mean_says_over_how_many_benchmarks_it_is() -> None:
    mean = compared(compare(numbers(a=(1.0, 1.1), b=(2.0, 2.1)), numbers(a=(1.0, 1.1), b=(2.0, 2.1))), "o", "n").mean
    assert mean
    assert (round(mean.ratio, 6), mean.count) == (1, 2)
    assert mean.interval


def test_nothing_in_common_has_no_mean_and_says_who_has_what() -> None:
    old, new = numbers(a=(1.0,), b=(1.0,), c=(1.0,), d=(1.0,), e=(1.0,)), numbers(z=(1.0,))
    shown = compared(compare(old, new), "old", "new")
    assert shown.mean is None
    assert shown.notes == ("Only old has a, b, c and 2 more.", "Only new has z.")


def test_excluded_numbers_are_told_once_for_each_reason() -> None:
    shown = compared(compare(numbers(a=(0.0, 0.0, 1.0)), numbers(a=(1.0, 1.0))), "old", "new")
    assert shown.notes == ("Numbers are left out of a: Its number is not positive: 0.",)


def test_the_threshold_is_the_comparisons() -> None:
    found = compare(numbers(a=(1.0,)), numbers(a=(1.0,)), limits=Limits(threshold=0.05))
    shown = compared(found, "old", "new")
    assert shown.threshold == 0.05
    assert shown.benchmarks[0].interval is None
