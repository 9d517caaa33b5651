"""The columns of the table of measurements."""

from __future__ import annotations

import pytest

from benchmarks.runs.result_records import BenchmarkMeasurement, Estimate
from benchmarks.web_page.measurement_columns import Measured, series, table_columns
from tests.support.result_samples import criterion, estimate, libtest, printed


def cells(*measurements: BenchmarkMeasurement, labels: tuple[str, ...] = ("one",)) -> dict[str, list[object]]:
    """The texts of each column, by its title; of a column with names, the names."""
    found = [Measured(0, one) for one in measurements]
    columns = table_columns(labels, len({one.target for one in measurements}) > 1, found)
    return {
        column.title: [column.text(one) if column.text else column.names[int(column.number(one) or 0)] for one in found]
        for column in columns
    }


def test_numbers_are_written_as_in_the_terminal() -> None:
    assert cells(criterion(point=1234.5, throughput={"elements": 8192.0})) == {
        "estimate": ["1.234 µs"],
        "95% interval": ["1.234 µs to 1.236 µs"],
        "throughput": ["6.636 Gelem/s"],
        "samples": ["3"],
    }


def test_only_columns_with_something_to_tell_are_there() -> None:
    assert list(cells(libtest())) == ["estimate", "max - min"]
    assert list(cells(printed(), criterion(target="other", variant="new"), labels=("one", "two"))) == [
        "target", "source", "variant", "estimate", "95% interval", "samples",
    ]  # fmt: skip


def test_levels_that_differ_are_in_the_cells() -> None:
    other = criterion(estimates={"slope": estimate(100.0, level=0.99)})
    assert cells(criterion(), other)["interval"] == ["99.00 ns to 101.0 ns (95%)", "99.00 ns to 101.0 ns (99%)"]


def test_an_unknown_unit_is_not_taken_for_nanoseconds() -> None:
    assert cells(printed(unit=None, point=7.0))["estimate"] == ["7.000"]


def test_a_column_of_names_sorts_them_by_the_value_of_their_numbers() -> None:
    found = [Measured(0, criterion(target=target)) for target in ("b10", "b9")]
    (column, *_) = table_columns(("one",), True, found)
    assert column.data() == {"title": "target", "is_number": False, "names": ["b9", "b10"]}
    assert [column.number(one) for one in found] == [1, 0]


def test_an_interval_is_sorted_by_its_relative_width() -> None:
    wide, none = criterion(point=10.0), criterion(estimates={"slope": Estimate(point=1.0)})
    found = [Measured(0, wide), Measured(0, none)]
    column = next(column for column in table_columns(("one",), False, found) if column.title == "95% interval")
    assert [column.number(one) for one in found] == [0.2, None]


@pytest.mark.parametrize(
    ("variant", "process", "name"),
    [(None, 1, ""), ("new", 1, "new"), (None, 2, "process 2"), ("a\n", 3, "a%0A, process 3")],
)
def test_variants_and_further_processes_are_named(variant: str | None, process: int, name: str) -> None:
    assert series(criterion(variant=variant, process=process)) == name
