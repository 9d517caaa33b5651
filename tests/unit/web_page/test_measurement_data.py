"""The measurements of a page as JSON."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.results.labelled import Labelled
from benchmarks.web_page import measurement_data
from benchmarks.web_page.benchmark_list import benchmark_list
from tests.support.result_samples import criterion, labelled, libtest, printed


def data(*sources: Labelled) -> dict[str, Any]:
    return measurement_data.data(sources, benchmark_list(sources, []), measurement_data.units(sources))


def test_a_row_has_numbers_for_the_plots_beside_texts_for_the_table() -> None:
    (row,) = data(labelled(criterion(point=1234567.8, variant="new")))["rows"]
    assert row == {
        "benchmark": 0,
        "source": 0,
        "series": "new",
        "unit": 0,
        "point": 1234570,
        "low": 1234570,
        "high": 1234570,
        "scale": [1e6, "ms"],
        "texts": [0, "1.235 ms", "1.235 ms to 1.235 ms", "3"],
        "numbers": [0, 1234570, 1.62e-06, 3],
        "samples": [1234600, 1234600, 1234600],
    }


def test_rows_are_in_the_order_of_the_benchmarks() -> None:
    rows = data(labelled(criterion("b"), criterion("a")), labelled(criterion("a")))["rows"]
    assert [(row["benchmark"], row["source"]) for row in rows] == [(0, 0), (0, 1), (1, 0)]


def test_the_most_frequent_unit_is_the_first() -> None:
    assert measurement_data.units([labelled(printed(), criterion(), libtest())]) == ["ns", "Kcycles"]


def test_too_many_samples_are_replaced_by_quantiles(monkeypatch: pytest.MonkeyPatch) -> None:
    assert data(labelled(criterion()))["has_samples"]
    monkeypatch.setattr(measurement_data, "MOST_SAMPLES", 5)
    found = data(labelled(criterion("a"), criterion("b")))
    assert not found["has_samples"]
    assert [len(row["quantiles"]) for row in found["rows"]] == [11, 11]
    assert not any("samples" in row for row in found["rows"])


def test_what_has_no_interval_and_no_samples_has_no_numbers_of_them() -> None:
    (row,) = data(labelled(libtest()))["rows"]
    assert not {"low", "high", "samples", "quantiles", "series"} & row.keys()
