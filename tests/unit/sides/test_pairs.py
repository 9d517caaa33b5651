"""The comparison of two sides."""

from __future__ import annotations

import pytest

from benchmarks.comparison.comparing import Verdict
from benchmarks.comparison.unit_numbers import BenchmarkKey
from benchmarks.comparison.verdicts import Limits
from benchmarks.runs.result_records import BenchmarkMeasurement
from benchmarks.sides import pairs
from benchmarks.sides.dividing import Side
from benchmarks.sides.pairs import Pair
from tests.support.comparison_samples import UNITS, every_verdict, joined, scaled, side
from tests.support.result_samples import criterion, labelled, libtest

KEY = BenchmarkKey("field", "fft/8192")


def compared(old: Side, new: Side) -> Pair:
    return pairs.compare(old, new, Limits())


def of(name: str, *measurements: BenchmarkMeasurement) -> Side:
    return Side(name, (labelled(*measurements, label=name),))


def test_five_runs_a_side_have_verdicts_with_intervals() -> None:
    pair = every_verdict()
    assert {row.key.id: row.verdict for row in pair.comparison.rows} == {
        "slow": Verdict.SLOWER,
        "slower/10": Verdict.SLOWER,
        "fast": Verdict.FASTER,
        "same": Verdict.SAME,
        "noisy": Verdict.UNCLEAR,
    }
    assert all(row.interval and row.interval.level == 0.95 for row in pair.comparison.rows)


def test_a_number_is_the_geometric_mean_of_the_units_so_that_their_ratio_is_the_rows() -> None:
    pair = compared(side("old", 100, 400), side("new", 100, 100))
    found = pair.numbers[KEY]
    assert [found.old, found.new] == pytest.approx([200, 100])
    assert found.unit == "ns"
    assert pair.comparison.rows[0].ratio == pytest.approx(0.5)


def test_one_run_a_side_has_no_interval_however_many_samples_it_took() -> None:
    pair = compared(side("old", 100), side("new", 200))
    (row,) = pair.comparison.rows
    assert (row.interval, row.verdict) == (None, Verdict.SLOWER)
    assert pair.comparison.basis(row) == "one run each, 10 % noise assumed"


def test_processes_on_one_instance_are_one_unit() -> None:
    pair = compared(side("old", 100, 101, 102, instance="i-1"), side("new", 100, 101, 102, instance="i-2"))
    assert [(row.units_old, row.units_new) for row in pair.comparison.rows] == [(1, 1)]


def test_numbered_processes_of_one_source_are_units() -> None:
    old = of("old", *(criterion(point=point, process=number) for number, point in enumerate(UNITS, 1)))
    assert compared(old, side("new", *scaled(2))).comparison.rows[0].units_old == 5


def test_rounds_on_both_sides_are_compared_in_pairs() -> None:
    def variant(name: str, factor: float) -> Side:
        noise = (100.0, 200.0, 50.0, 150.0)  # of rounds, common to both sides
        rounds = [
            criterion(point=point * factor, variant=name, round=number, attempt=1, instance="i-1")
            for number, point in enumerate(noise, 1)
        ]
        return Side(name, (labelled(*rounds, label="run"),))

    pair = compared(variant("old", 1.0), variant("new", 1.1))
    assert pair.comparison.paired
    assert [(row.verdict, row.units_old) for row in pair.comparison.rows] == [(Verdict.SLOWER, 4)]


def test_rounds_of_different_runs_are_no_pairs() -> None:
    pair = compared(side("old", 100, round=1, attempt=1), side("new", 100, round=1, attempt=1))
    assert not pair.comparison.paired
    assert len(pair.comparison.rows) == 1


@pytest.mark.parametrize(
    ("units", "reason"),
    [
        (("ns", "cycles"), "It was measured in different units: cycles, ns."),
        (("ns", None), pairs.UNKNOWN_UNIT),
        ((None, "ns"), pairs.UNKNOWN_UNIT),
    ],
)
def test_other_units_are_excluded_by_name(units: tuple[str | None, ...], reason: str) -> None:
    pair = compared(side("old", 100, unit=units[0]), side("new", 100, unit=units[1]))
    assert (pair.comparison.rows, pair.incomparable) == ((), {KEY: reason})
    assert (pair.comparison.only_old, pair.comparison.only_new) == ((), ())


def test_numbers_that_both_have_no_unit_are_compared() -> None:
    assert len(compared(side("old", 100, unit=None), side("new", 100, unit=None)).comparison.rows) == 1


def test_results_of_two_harnesses_are_excluded() -> None:
    pair = compared(of("old", libtest("a")), of("new", criterion("a", target="old")))
    assert [*pair.incomparable.values()] == [pairs.OTHER_HARNESS]


def test_larger_values_may_be_better() -> None:
    pair = compared(side("old", *UNITS, direction="larger"), side("new", *scaled(2), direction="larger"))
    assert pair.comparison.rows[0].verdict is Verdict.FASTER
    assert pair.larger_is_better == frozenset({KEY})


@pytest.mark.parametrize("point", [0.0, -5.0])
def test_a_number_that_has_no_ratio_is_excluded_and_the_rest_stands(point: float) -> None:
    old = of("old", criterion("a", point, samples=None), criterion("b", samples=None))
    new = of("new", criterion("a", samples=None), criterion("b", samples=None))
    pair = compared(old, new)
    assert [row.key.id for row in pair.comparison.rows] == ["b"]
    assert [one.reason for one in pair.comparison.excluded] == [f"Its number is not positive: {point:g}."]


def test_what_only_one_side_has_is_listed() -> None:
    pair = compared(
        joined(side("old", 1, id="a"), side("old", 1, id="b")), joined(side("new", 1, id="b"), side("new", 1, id="c"))
    )
    assert [key.id for key in (*pair.comparison.only_old, *pair.comparison.only_new)] == ["a", "c"]


def test_variants_of_a_side_are_separate_benchmarks() -> None:
    old, new = (of(name, criterion(variant="x"), criterion(point=300, variant="y")) for name in ("old", "new"))
    assert [row.key.id for row in compared(old, new).comparison.rows] == ["fft/8192 [x]", "fft/8192 [y]"]
    # One variant each is what is compared.
    assert len(compared(side("old", 1, variant="x"), side("new", 1, variant="y")).comparison.rows) == 1


def test_a_target_that_one_side_does_not_name_is_found_on_the_other() -> None:
    assert [row.key for row in compared(side("old", 1, target=None), side("new", 1)).comparison.rows] == [KEY]
