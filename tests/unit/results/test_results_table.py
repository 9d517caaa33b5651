"""The table of results, as a terminal shows it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from benchmarks.results import results_table
from benchmarks.runs.result_records import BenchmarkMeasurement, Estimate, Interval, Samples


def drawn(width: int, *measurements: BenchmarkMeasurement, detailed: bool = False) -> str:
    console = Console(width=width, highlight=False, soft_wrap=True, record=True, file=io.StringIO())
    console.print(results_table.table(measurements, detailed=detailed))
    return console.export_text()


def shown(*measurements: BenchmarkMeasurement, detailed: bool = False) -> list[list[str]]:
    """Header and rows, told apart where two spaces or more stand."""
    lines = drawn(150, *measurements, detailed=detailed).splitlines()
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines]


def measured(id: str = "mul", point: float = 10.0, level: float | None = 0.95, **more: Any) -> BenchmarkMeasurement:
    """A measurement with an interval of ±0.1 around its estimate, without one if it has a spread."""
    interval = None if "spread" in more else Interval(low=point - 0.1, high=point + 0.1, level=level)
    given = {
        "target": "all",
        "id": id,
        "harness": "criterion",
        "statistic": "slope",
        "estimates": {"slope": Estimate(point=point, interval=interval)},
        "unit": "ns",
    }
    return BenchmarkMeasurement(**{**given, **more})


def test_one_target_needs_no_name_and_one_level_stands_in_the_title() -> None:
    assert shown(measured()) == [
        ["benchmark", "estimate", "95% interval"],
        ["mul", "10.00 ns", "9.900 ns to 10.10 ns"],
    ]


def test_several_targets_are_told_apart() -> None:
    header, *rows = shown(measured(target="a"), measured(target="b"))
    assert header[:2] == ["target", "benchmark"]
    assert [row[:2] for row in rows] == [["a", "mul"], ["b", "mul"]]


def test_each_row_has_its_level_where_they_differ() -> None:
    header, *rows = shown(measured(), measured(level=0.999))
    assert header == ["benchmark", "estimate", "interval"]
    assert [row[2] for row in rows] == ["9.900 ns to 10.10 ns (95%)", "9.900 ns to 10.10 ns (99.9%)"]


def test_a_level_that_is_not_known_is_not_shown() -> None:
    assert shown(measured(level=None))[0] == ["benchmark", "estimate", "interval"]
    _, *rows = shown(measured(), measured(level=None))
    assert [row[2] for row in rows] == ["9.900 ns to 10.10 ns (95%)", "9.900 ns to 10.10 ns"]


def test_throughput_is_shown_where_there_is_any() -> None:
    both = {"elements": 1000.0, "bytes": 2048.0}
    header, *rows = shown(measured("a", throughput={"bits": 8.0}), measured("b", throughput=both), measured("c"))
    assert header[-1] == "throughput"
    assert [row[3:] for row in rows] == [["800.0 Mb/s"], ["100.0 Gelem/s, 190.7 GiB/s"], []]


@pytest.mark.parametrize("change", [{"unit": "B"}, {"unit": None}, {"point": 0.0}, {"point": -10.0}])
def test_what_is_no_time_has_no_throughput(change: dict[str, Any]) -> None:
    _, row = shown(measured(throughput={"bits": 8.0}, **change))
    assert len(row) == 3


def test_a_harness_without_intervals_has_the_spread_of_its_samples() -> None:
    header, *rows = shown(measured("a"), measured("b", spread=12.3))
    assert header == ["benchmark", "estimate", "95% interval", "max - min"]
    assert rows == [["a", "10.00 ns", "9.900 ns to 10.10 ns"], ["b", "10.00 ns", "12.30 ns"]]


def test_samples_are_counted_where_that_is_asked_for() -> None:
    samples = Samples(mode="Flat", iterations=(1.0,) * 10, values=(10.0,) * 10)
    console = Console(width=150, record=True, file=io.StringIO())
    console.print(results_table.table([measured("a", samples=samples), measured("b")], detailed=True))
    header, *rows = console.export_text().splitlines()
    assert header.split()[-1] == "samples"
    assert [row.split()[-1] for row in rows] == ["10", "ns"]


def test_where_nothing_has_samples_they_are_not_counted() -> None:
    assert shown(measured("a"), detailed=True)[0] == ["benchmark", "estimate", "95% interval"]


def test_what_is_unstable_is_named_where_anything_is() -> None:
    few = Samples(mode="Flat", iterations=(1.0,), values=(10.0,))
    header, first, second = shown(measured("a", point=1.0, samples=few), measured("b"), detailed=True)
    assert header[-1] == "unstable"
    assert (first[-1], second[-1]) == ("few samples, wide", "9.900 ns to 10.10 ns")


def test_processes_are_numbered_where_there_are_several() -> None:
    header, *rows = shown(measured("a"), measured("a", process=2))
    assert header[-1] == "process"
    assert [row[-1] for row in rows] == ["1", "2"]


def test_brackets_are_not_taken_for_markup() -> None:
    assert shown(measured("[red]sum[/red]/[0; 8]"))[1][0] == "[red]sum[/red]/[0; 8]"


@pytest.mark.parametrize("width", [40, 80])
def test_no_number_is_cut_by_a_narrow_terminal(width: int) -> None:
    text = drawn(width, *(measured("a" * 60, target=target, throughput={"bits": 8.0}) for target in "ab"))
    for number in ("10.00 ns", "9.900 ns to 10.10 ns", "800.0 Mb/s"):
        assert text.count(number) == 2
