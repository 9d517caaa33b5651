"""Which numbers of two sides can be compared."""

from __future__ import annotations

import math

import pytest

from benchmarks.comparison import unit_numbers
from benchmarks.comparison.unit_numbers import NO_PAIR, BenchmarkKey, Excluded, UnitNumber

A, B, C = (BenchmarkKey("target", name) for name in "abc")


def side(**units: float) -> list[UnitNumber]:
    return [UnitNumber(unit, value) for unit, value in units.items()]


def test_numbers_become_logarithms_by_unit() -> None:
    found = unit_numbers.sides({A: side(one=2.0, two=3.0)}, {A: side(one=5.0)}, paired=False)
    assert (found.old, found.new) == ({A: {"one": math.log(2), "two": math.log(3)}}, {A: {"one": math.log(5)}})
    assert (found.only_old, found.only_new, found.excluded) == ((), (), ())


def test_processes_of_a_unit_count_as_one_with_the_mean_of_their_logarithms() -> None:
    given = [UnitNumber("i-1", 2.0), UnitNumber("i-2", 3.0), UnitNumber("i-1", 8.0)]
    found = unit_numbers.sides({A: given}, {A: side(one=5.0)}, paired=False)
    assert found.old[A] == pytest.approx({"i-1": math.log(4), "i-2": math.log(3)})


def test_units_are_sorted_by_name() -> None:
    found = unit_numbers.sides({A: side(b=2.0, c=3.0, a=1.5)}, {A: side(one=5.0)}, paired=False)
    assert list(found.old[A]) == ["a", "b", "c"]


def test_benchmarks_of_one_side_are_listed_and_so_is_a_target_of_the_same_id() -> None:
    other = BenchmarkKey("other", "a")
    found = unit_numbers.sides({A: side(one=1.0), B: side(one=1.0)}, {B: side(one=1.0), other: side(one=1.0)},
                               paired=False)  # fmt: skip
    assert (list(found.old), found.only_old, found.only_new) == ([B], (A,), (other,))


def test_a_benchmark_without_numbers_is_not_there() -> None:
    found = unit_numbers.sides({A: [], B: side(one=1.0)}, {A: side(one=1.0), B: []}, paired=False)
    assert (list(found.old), found.only_old, found.only_new) == ([], (B,), (A,))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (0.0, "Its number is not positive: 0."),
        (-2.5, "Its number is not positive: -2.5."),
        (math.nan, "Its number is not finite: nan."),
        (math.inf, "Its number is not finite: inf."),
    ],
)
def test_an_impossible_number_is_excluded_and_named_and_the_rest_stands(value: float, reason: str) -> None:
    old = {A: side(one=value, two=2.0), B: side(one=1.0)}
    found = unit_numbers.sides(old, {A: side(one=1.0), B: side(one=value)}, paired=False)
    assert found.old == {A: {"two": math.log(2)}}
    assert found.excluded == (Excluded(A, "old", "one", reason), Excluded(B, "new", "one", reason))
    assert (found.only_old, found.only_new) == ((), ())


def test_only_complete_pairs_are_compared() -> None:
    old, new = {A: side(r1=1.0, r2=2.0, r3=3.0)}, {A: side(r2=2.0, r3=0.0, r4=4.0)}
    found = unit_numbers.sides(old, new, paired=True)
    assert (found.old, found.new) == ({A: {"r2": math.log(2)}}, {A: {"r2": math.log(2)}})
    assert found.excluded == (
        Excluded(A, "new", "r3", "Its number is not positive: 0."),
        Excluded(A, "old", "r1", NO_PAIR),
        Excluded(A, "old", "r3", NO_PAIR),
        Excluded(A, "new", "r4", NO_PAIR),
    )


def test_a_benchmark_without_a_complete_pair_is_not_compared() -> None:
    found = unit_numbers.sides({A: side(r1=1.0), C: side(r1=1.0)}, {A: side(r2=2.0), C: side(r1=1.0)}, paired=True)
    assert list(found.old) == list(found.new) == [C]
    assert {one.key for one in found.excluded} == {A}
