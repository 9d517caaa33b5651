"""What is said below results."""

from __future__ import annotations

from benchmarks.results import remarks
from benchmarks.runs.result_records import BenchmarkMeasurement, Estimate, Results, Samples, Tool

ONE = BenchmarkMeasurement(
    id="mul",
    harness="criterion",
    statistic="mean",
    estimates={"mean": Estimate(point=10.0)},
    samples=Samples(mode="Flat", iterations=(1.0,), values=(10.0,)),
)


def test_numbers_of_a_sandbox_say_so() -> None:
    results = Results(measurements=(), tool=Tool(version="1", endpoint="http://127.0.0.1:5000"))
    assert remarks.of_results(results) == [
        "Measured through http://127.0.0.1:5000, which is not AWS: these are numbers of a sandbox."
    ]


def test_numbers_of_aws_need_no_remark() -> None:
    assert remarks.of_results(Results(measurements=(), tool=Tool(version="1"))) == []
    assert remarks.of_results(Results(measurements=())) == []


def test_partial_results_say_so_first() -> None:
    results = Results(measurements=(), problems=("x cannot be read.",), partial="1 of 74 benchmarks were measured.")
    assert remarks.of_results(results) == ["1 of 74 benchmarks were measured.", "x cannot be read."]


def test_what_is_lost_comes_before_what_is_unstable() -> None:
    results = Results(measurements=(ONE,), problems=("x cannot be read.",), notes=("y has no unit.",))
    assert [sentence.split()[0] for sentence in remarks.of_results(results)] == ["x", "y", "mul"]
