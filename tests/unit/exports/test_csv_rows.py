"""Comma-separated values: complete, exact, and no formulas."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.exports import csv_rows
from benchmarks.results.labelled import Labelled
from tests.support.result_samples import criterion, labelled, libtest, printed, results, two_sources

HEADER = (
    "source,run_id,host,instance_type,target,id,group,function,value,harness,variant,attempt,process,statistic,point,"
    "low,high,level,standard_error,spread,unit,direction,samples,throughput_elements,throughput_bytes,"
    "throughput_bytes_decimal,throughput_bits"
)


def rows(*sources: Labelled) -> list[dict[str, str]]:
    text = csv_rows.text(sources).text
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_there_is_a_header_and_a_row_for_each_measurement() -> None:
    sources = two_sources()
    assert csv_rows.text(sources).text.startswith(f"{HEADER}\r\n")
    assert len(rows(*sources)) == sum(len(one.results.measurements) for one in sources)


def test_rows_end_as_rfc_4180_says() -> None:
    assert csv_rows.text([labelled(criterion())]).text.count("\r\n") == 2


def test_a_row_says_where_and_what_was_measured() -> None:
    row = rows(*two_sources())[0]
    said = ("source", "run_id", "host", "instance_type", "target", "id", "group", "function", "value", "samples")
    assert [row[name] for name in said] == [
        *("c7i", "20260519-081500", "i-0123", "c7i.large", "field", "fft/8192", "fft", "", "8192", "3"),
    ]


def test_what_is_not_known_is_empty() -> None:
    unknown, old = rows(labelled(printed(unit=None, target=None), libtest()))
    assert [unknown[name] for name in ("unit", "target", "run_id", "samples")] == [""] * 4
    assert [old[name] for name in ("low", "high", "level", "spread")] == ["", "", "", "35.0"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_have_all_their_digits(point: float) -> None:
    assert float(rows(labelled(criterion(point=point)))[0]["point"]) == point


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "'"])
def test_a_text_that_a_spreadsheet_would_take_for_a_formula_is_quoted(start: str) -> None:
    id = f"{start}cmd|' /C calc'!A0"
    (row,) = rows(Labelled(id, results(criterion(id))))
    assert (row["id"], row["source"]) == (f"'{id}", f"'{id}")


def test_a_negative_number_is_no_formula() -> None:
    assert rows(labelled(criterion(point=-1.25)))[0]["point"] == "-1.25"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_id_can_be_read_back(id: str) -> None:
    (row,) = rows(labelled(criterion(id)))
    assert (row["id"][1:] if row["id"].startswith("'") else row["id"]) == id


def test_a_kind_of_throughput_that_is_new_gets_a_column() -> None:
    new, old = rows(labelled(criterion(throughput={"pages": 3.0}), criterion("b", throughput={"bits": 8.0})))
    assert (new["throughput_pages"], new["throughput_bits"]) == ("3.0", "")
    assert (old["throughput_pages"], old["throughput_bits"]) == ("", "8.0")
