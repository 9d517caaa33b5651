"""The number that stands for a process's measurement."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.comparison import process_numbers
from benchmarks.comparison.process_numbers import UnitMeasurement, unit_name
from benchmarks.comparison.unit_numbers import BenchmarkKey, UnitNumber
from benchmarks.runs.result_records import BenchmarkMeasurement, Estimate, Samples

KEY = BenchmarkKey("ffts", "fft/8192")
SAMPLES = Samples(mode="Linear", iterations=(1.0, 2.0, 4.0), values=(10.0, 24.0, 400.0))


def measured(name: str = "one", **fields: Any) -> UnitMeasurement:
    given = {"harness": "criterion", "statistic": "slope", "estimates": {"slope": Estimate(point=11.0)}, **fields}
    return UnitMeasurement(name, BenchmarkMeasurement(target="ffts", id="fft/8192", **given))


def test_the_number_is_the_median_of_value_per_iteration() -> None:
    assert process_numbers.sample_median(SAMPLES) == 12.0


def test_samples_of_no_iterations_have_no_finite_number() -> None:
    odd = Samples(mode=None, iterations=(0.0,), values=(5.0,))
    assert process_numbers.sample_median(odd) == float("inf")


def test_no_samples_have_no_median() -> None:
    with pytest.raises(ValueError, match="There are no samples"):
        process_numbers.sample_median(Samples(mode=None, iterations=(), values=()))


def test_samples_on_both_sides_are_compared_by_their_medians() -> None:
    found = process_numbers.process_numbers([measured(samples=SAMPLES)], [measured("two", samples=SAMPLES)])
    assert (found.old, found.new) == ({KEY: [UnitNumber("one", 12.0)]}, {KEY: [UnitNumber("two", 12.0)]})


@pytest.mark.parametrize("samples", [None, Samples(mode=None, iterations=(), values=())])
def test_without_samples_on_one_side_both_are_compared_by_their_estimates(samples: Samples | None) -> None:
    found = process_numbers.process_numbers([measured(samples=SAMPLES)], [measured("two", samples=samples)])
    assert (found.old, found.new) == ({KEY: [UnitNumber("one", 11.0)]}, {KEY: [UnitNumber("two", 11.0)]})


def test_processes_of_a_benchmark_stay_apart() -> None:
    found = process_numbers.process_numbers([measured("a"), measured("a"), measured("b")], [])
    assert [one.unit for one in found.old[KEY]] == ["a", "a", "b"]


def test_benchmarks_say_whether_larger_values_are_better() -> None:
    found = process_numbers.process_numbers([measured(direction="larger")], [measured(direction="larger")])
    assert found.larger_is_better == {KEY}
    assert process_numbers.process_numbers([measured()], [measured()]).larger_is_better == set()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ({"unit": "ns"}, {"unit": "bytes"}, "It was measured in different units: bytes, ns."),
        (
            {"direction": "smaller"},
            {"direction": "larger"},
            "Smaller values are better in some of its measurements, larger ones in others.",
        ),
    ],
)
def test_different_things_are_not_compared(old: dict[str, Any], new: dict[str, Any], reason: str) -> None:
    found = process_numbers.process_numbers([measured(**old)], [measured(**new)])
    assert (found.old, found.new, found.incomparable) == ({}, {}, {KEY: reason})


def test_an_unknown_unit_may_be_any() -> None:
    found = process_numbers.process_numbers([measured(unit="ns")], [measured()])
    assert found.incomparable == {}


def test_processes_on_one_instance_are_one_unit() -> None:
    first, second = (measured(instance="i-1", attempt=1, process=number).measurement for number in (1, 2))
    assert unit_name("run", first, paired=False) == unit_name("run", second, paired=False) == "i-1"


def test_processes_on_a_machine_of_the_users_own_are_units() -> None:
    processes = [(run, attempt, process) for run in ("r", "s") for attempt in (1, 2) for process in (1, 2)]
    names = {
        unit_name(run, measured(attempt=attempt, process=process).measurement, paired=False)
        for run, attempt, process in processes
    }
    assert len(names) == len(processes)


def test_a_round_is_a_unit_whatever_was_measured_first() -> None:
    old, new = (measured(instance="i-1", attempt=1, round=3, process=number).measurement for number in (3, 4))
    assert unit_name("run", old, paired=True) == unit_name("run", new, paired=True)
    later = measured(instance="i-1", attempt=1, round=4, process=3).measurement
    assert unit_name("run", old, paired=True) != unit_name("run", later, paired=True)
    assert unit_name("run", old, paired=True) != unit_name("other", old, paired=True)
