"""The comparison of two results as a whole."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.comparison import comparing
from benchmarks.comparison.comparing import Comparison, Row, Rule, Verdict, compare
from benchmarks.comparison.unit_numbers import BenchmarkKey, Numbers, UnitNumber
from benchmarks.comparison.verdicts import Limits

A, B, C = (BenchmarkKey("target", name) for name in "abc")
SWAPPED = {Verdict.FASTER: Verdict.SLOWER, Verdict.SLOWER: Verdict.FASTER}


def side(**values: list[float]) -> Numbers:
    """Numbers by benchmark, in units that are named by their index."""
    return {
        BenchmarkKey("target", name): [UnitNumber(f"unit {index:02}", value) for index, value in enumerate(row)]
        for name, row in values.items()
    }


def row(old: list[float], new: list[float], *, paired: bool = False, limits: Limits | None = None) -> Row:
    (found,) = compare(side(a=old), side(a=new), paired=paired, limits=limits).rows
    return found


# Results of up to four benchmarks with up to five units each, some near each other, some not.
value = st.floats(0.9, 1.1) | st.floats(0.5, 2) | st.sampled_from([1.0, 1.02, 1.05])
results: st.SearchStrategy[Mapping[str, list[float]]] = st.dictionaries(
    st.sampled_from("abcd"), st.lists(value, min_size=1, max_size=5), min_size=1
)


@given(results, results, st.booleans(), st.sets(st.sampled_from([A, B, C])))
def test_swapping_the_sides_inverts_ratios_and_verdicts(
    old: Mapping[str, list[float]], new: Mapping[str, list[float]], paired: bool, larger: set[BenchmarkKey]
) -> None:
    there = compare(side(**old), side(**new), paired=paired, larger_is_better=larger)
    back = compare(side(**new), side(**old), paired=paired, larger_is_better=larger)
    assert (there.only_old, there.only_new) == (back.only_new, back.only_old)
    by_key = {one.key: one for one in back.rows}
    assert {one.key for one in there.rows} == set(by_key)
    for one in there.rows:
        other = by_key[one.key]
        assert one.ratio == pytest.approx(1 / other.ratio)
        assert one.p == (None if other.p is None else pytest.approx(other.p))
        assert one.verdict == SWAPPED.get(other.verdict, other.verdict)
        assert (one.units_old, one.units_new, one.rule) == (other.units_new, other.units_old, other.rule)
        if one.interval and other.interval:
            assert (one.interval.low, one.interval.high) == pytest.approx(
                (1 / other.interval.high, 1 / other.interval.low)
            )
    if there.geometric_mean and back.geometric_mean:
        assert there.geometric_mean.ratio == pytest.approx(1 / back.geometric_mean.ratio)


# Powers of two, so that no digit is lost.
@given(results, results, st.booleans(), st.sampled_from([2.0**-20, 0.5, 2.0**30]))
def test_scaling_both_sides_changes_no_verdict(
    old: Mapping[str, list[float]], new: Mapping[str, list[float]], paired: bool, factor: float
) -> None:
    plain = compare(side(**old), side(**new), paired=paired)
    scaled = compare(
        *(side(**{name: [factor * one for one in row] for name, row in given.items()}) for given in (old, new)),
        paired=paired,
    )
    for one, other in zip(plain.rows, scaled.rows, strict=True):
        assert one.ratio == pytest.approx(other.ratio)
        if one.interval and other.interval:
            limits = one.interval.low, one.interval.high
            assert limits == pytest.approx((other.interval.low, other.interval.high))
            edges = (1 / 1.02, 1.02)
            # A limit of the interval on the edge of the band may fall to either side of it.
            if not any(limit == pytest.approx(edge, rel=1e-9) for limit in limits for edge in edges):
                assert one.verdict == other.verdict


@given(results, results, st.booleans(), st.randoms())
def test_the_order_of_units_changes_nothing(
    old: Mapping[str, list[float]], new: Mapping[str, list[float]], paired: bool, random: object
) -> None:
    def shuffled(numbers: Numbers) -> Numbers:
        return {key: random.sample(list(row), len(row)) for key, row in numbers.items()}  # type: ignore[attr-defined]

    plain = compare(side(**old), side(**new), paired=paired)
    other = compare(shuffled(side(**old)), shuffled(side(**new)), paired=paired)
    assert (plain.rows, plain.geometric_mean) == (other.rows, other.geometric_mean)


def test_a_difference_is_found() -> None:
    slower = row([100, 101, 99, 100], [110, 111, 109, 110])
    assert slower.verdict is Verdict.SLOWER
    assert slower.ratio == pytest.approx(1.1, rel=1e-3)
    assert (slower.rule, slower.units_old, slower.units_new) == (Rule.INDEPENDENT, 4, 4)
    assert slower.interval
    assert slower.interval.level == 0.95
    assert row([110, 111, 109, 110], [100, 101, 99, 100]).verdict is Verdict.FASTER


def test_no_difference_is_told_from_an_unclear_one() -> None:
    assert row([100, 100.1, 99.9, 100], [100.2, 100, 100, 100.1]).verdict is Verdict.SAME
    assert row([100, 110, 95, 105], [101, 92, 108, 104]).verdict is Verdict.UNCLEAR


def test_rounds_cancel_out_what_they_have_in_common() -> None:
    old = [100.0, 150.0, 90.0, 120.0, 130.0]
    new = [one * factor for one, factor in zip(old, (1.05, 1.051, 1.049, 1.05, 1.052), strict=True)]
    assert row(old, new).verdict is Verdict.UNCLEAR
    found = row(old, new, paired=True)
    assert (found.verdict, found.rule, found.units_old) == (Verdict.SLOWER, Rule.PAIRED, 5)


def test_samples_of_one_process_are_no_verdict() -> None:
    """A unit is one number, so that one process each has no interval, however many samples it took."""
    found = row([100.0], [105.0])
    assert found.ratio == pytest.approx(1.05)
    assert (found.interval, found.p) == (None, None)
    assert (found.verdict, found.rule) == (Verdict.UNCLEAR, Rule.ASSUMED)


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ([100], [111], Verdict.SLOWER),
        ([111], [100], Verdict.FASTER),
        ([100], [100], Verdict.UNCLEAR),
        ([100], [109, 109, 109], Verdict.UNCLEAR),
        ([100, 100, 100], [112], Verdict.SLOWER),
    ],
)
def test_one_run_on_a_side_is_judged_by_the_assumed_noise(old: list[float], new: list[float], verdict: Verdict) -> None:
    found = row(old, new)
    assert (found.verdict, found.interval, found.rule) == (verdict, None, Rule.ASSUMED)


def test_two_runs_a_side_have_an_interval() -> None:
    found = row([100.0, 101.0], [120.0, 121.0])
    assert found.interval
    # Wider than from the least to the greatest ratio, which is no 95 % interval.
    assert found.interval.low < 120 / 101 < 121 / 100 < found.interval.high


def test_identical_numbers_are_the_same_and_certain() -> None:
    found = row([100.0] * 3, [100.0] * 3)
    assert (found.verdict, found.p, found.ratio) == (Verdict.SAME, 1.0, 1.0)
    assert found.interval
    assert (found.interval.low, found.interval.high) == (1.0, 1.0)
    assert row([100.0] * 3, [110.0] * 3).verdict is Verdict.SLOWER


def test_larger_values_may_be_better() -> None:
    old, new = side(a=[100, 101, 99], b=[100, 101, 99]), side(a=[120, 121, 119], b=[120, 121, 119])
    found = compare(old, new, larger_is_better={A})
    assert [one.verdict for one in found.rows] == [Verdict.FASTER, Verdict.SLOWER]
    assert [one.ratio > 1 for one in found.rows] == [True, True]


def test_the_geometric_mean_is_over_benchmarks_of_one_kind() -> None:
    old, new = side(a=[100.0, 100.0], b=[100.0, 100.0]), side(a=[400.0, 400.0], b=[120.0, 120.0])
    mixed = compare(old, new, larger_is_better={A}).geometric_mean
    assert mixed
    assert mixed.keys == (B,)
    assert mixed.ratio == pytest.approx(1.2)
    all_larger = compare(old, new, larger_is_better={A, B}).geometric_mean
    assert all_larger
    assert all_larger.keys == (A, B)
    assert all_larger.ratio == pytest.approx(math.sqrt(4.8))


def test_many_benchmarks_are_judged_together() -> None:
    old, new = [100.0, 101.0, 99.0, 102.0], [106.0, 109.0, 104.5, 108.0]
    assert row(old, new).verdict is Verdict.SLOWER
    equals = {f"equal {number}": [100.0, 110.0, 95.0, 105.0] for number in range(73)}
    assert compare(side(a=old, **equals), side(a=new, **equals)).rows[0].verdict is Verdict.UNCLEAR


def test_what_cannot_be_compared_is_listed_and_the_rest_stands() -> None:
    found = compare(side(a=[1.0, 1.0], b=[0.0], c=[1.0]), side(b=[1.0], a=[1.0, math.inf], d=[1.0]))
    assert [one.key.id for one in found.rows] == ["a"]
    assert ([key.id for key in found.only_old], [key.id for key in found.only_new]) == (["c"], ["d"])
    assert [(one.key.id, one.side, one.reason) for one in found.excluded] == [
        ("b", "old", "Its number is not positive: 0."),
        ("a", "new", "Its number is not finite: inf."),
    ]


def test_nothing_in_common_is_an_empty_comparison() -> None:
    found = compare(side(a=[1.0]), side(b=[1.0]))
    assert (found.rows, found.geometric_mean, found.only_old, found.only_new) == ((), None, (A,), (B,))


def test_limits_are_kept_with_the_comparison() -> None:
    limits = Limits(threshold=0.2, level=0.9)
    found = compare(side(a=[100, 101]), side(a=[102, 103]), limits=limits)
    assert found.limits == limits
    assert found.rows[0].interval
    assert found.rows[0].interval.level == 0.9
    assert found.rows[0].verdict is Verdict.SAME
    assert found.geometric_mean
    assert found.geometric_mean.interval == found.rows[0].interval


@pytest.mark.parametrize(
    ("old", "new", "paired", "basis"),
    [
        ([1.0], [1.0], False, "one run each, 10 % noise assumed"),
        ([1.0], [1.0, 1.0], False, "one run on a side, 10 % noise assumed"),
        ([1.0], [1.0], True, "one round, 10 % noise assumed"),
        ([1.0, 1.0, 1.0], [1.0, 1.0], False, "3 against 2 runs, Welch's t, or Student's where wider"),
        ([1.0, 1.0], [1.0, 1.0, 1.0], True, "2 rounds, paired t"),
    ],
)
def test_a_row_says_what_its_verdict_is_based_on(old: list[float], new: list[float], paired: bool, basis: str) -> None:
    found: Comparison = comparing.compare(side(a=old), side(a=new), paired=paired)
    assert found.basis(found.rows[0]) == basis
