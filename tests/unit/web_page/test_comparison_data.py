"""The comparisons of a page as JSON."""

from __future__ import annotations

from benchmarks.runs.result_records import Interval
from benchmarks.web_page import comparison_data
from benchmarks.web_page.benchmark_list import benchmark_list
from benchmarks.web_page.compared_results import ComparedBenchmark, ComparedResults, MeanRatio

SURE = ComparedBenchmark("t", "fft", 1.25, Interval(low=1.2, high=1.3, level=0.95), "slower", "10 rounds, paired t")
ONCE = ComparedBenchmark("t", "lde", 0.98765432, None, "unclear", "one run each, 10 % noise assumed")


def data(*benchmarks: ComparedBenchmark, mean: MeanRatio | None = None) -> dict[str, object]:
    comparison = ComparedResults("old", "new", benchmarks, 0.02, mean)
    return comparison_data.data(comparison, benchmark_list([], [comparison]))


def test_numbers_for_the_plot_are_beside_their_texts() -> None:
    assert data(SURE, ONCE)["rows"] == [
        {
            "benchmark": 0,
            "verdict": "slower",
            "ratio": 1.25,
            "low": 1.2,
            "high": 1.3,
            "texts": ["slower", "1.250", "1.200 to 1.300", "10 rounds, paired t"],
            "numbers": [0, 1.25, 1.0833, None],
        },
        {
            "benchmark": 1,
            "verdict": "unclear",
            "ratio": 0.987654,
            "texts": ["unclear", "0.988", "", "one run each, 10 % noise assumed"],
            "numbers": [2, 0.987654, None, None],
        },
    ]


def test_without_any_interval_there_is_no_column_for_them() -> None:
    titles = [column["title"] for column in data(ONCE)["columns"]]  # type: ignore[attr-defined]
    assert titles == ["verdict", "ratio new/old", "basis"]


def test_the_band_is_symmetric_as_ratios_are() -> None:
    shown = data(SURE)
    assert shown["band"] == [0.980392, 1.02]
    assert shown["threshold"] == "2%"


def test_what_all_verdicts_are_based_on_is_a_sentence() -> None:
    assert data(ONCE)["notes"] == ["Basis: one run each, 10 % noise assumed."]
    assert data(ONCE, SURE)["notes"] == []


def test_the_mean_is_a_sentence() -> None:
    interval = Interval(low=0.9, high=1.1, level=0.95)
    assert data(SURE, mean=MeanRatio(1.0, interval, 2))["summary"] == (
        "The geometric mean of the ratios is 1.000 (95% interval 0.900 to 1.100), over 2 benchmarks."
    )
    assert data(SURE, mean=MeanRatio(1.0, None, 1))["summary"] == (
        "The geometric mean of the ratios is 1.000, over 1 benchmark."
    )
    assert data(SURE)["summary"] == ""
