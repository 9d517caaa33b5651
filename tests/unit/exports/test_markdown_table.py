"""The table for comments on GitHub, read as a renderer of Markdown reads it."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from benchmarks.exports import markdown_table
from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import Estimate
from tests.support.result_samples import HOSTILE, criterion, estimate, labelled, libtest, printed, two_sources


class _Rendered(HTMLParser):
    """The cells of a rendered page's table by row, and every element that is on the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.elements: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1] and data != "\n":
            self.rows[-1][-1] += data


def rendered(*sources: Labelled) -> _Rendered:
    return _Rendered(MarkdownIt("commonmark").enable("table").render(markdown_table.text(sources).text))


def columns(*sources: Labelled) -> list[str]:
    return rendered(*sources).rows[0]


def test_a_source_of_one_target_needs_no_column_for_either() -> None:
    assert rendered(labelled(criterion(throughput={"elements": 8192.0}))).rows == [
        ["benchmark", "estimate", "95% interval", "throughput"],
        ["fft/8192", "100.0 ns", "99.00 ns to 101.0 ns", "81.92 Gelem/s"],
    ]


def test_the_sources_of_a_benchmark_are_below_each_other() -> None:
    old, new = labelled(criterion(), criterion("b"), label="old"), labelled(criterion(), criterion("b"), label="new")
    assert [row[:2] for row in rendered(old, new).rows] == [
        ["benchmark", "source"],
        ["b", "old"],
        ["", "new"],
        ["fft/8192", "old"],
        ["", "new"],
    ]


def test_targets_are_told_apart() -> None:
    rows = rendered(labelled(criterion(), criterion(target="merkle"), criterion("b", target="merkle"))).rows
    assert [row[:2] for row in rows] == [
        ["target", "benchmark"],
        ["field", "fft/8192"],
        ["merkle", "b"],
        ["", "fft/8192"],
    ]


def test_variants_and_processes_are_told_apart() -> None:
    rows = rendered(labelled(criterion(), criterion(variant="lto"), criterion(variant="lto", process=2))).rows
    assert [row[0] for row in rows[1:]] == ["fft/8192", "fft/8192 [lto]", "fft/8192 [lto] #2"]


def test_numbers_in_names_are_ordered_by_value() -> None:
    rows = rendered(labelled(criterion("fft/16384"), criterion("fft/8192"))).rows
    assert [row[0] for row in rows[1:]] == ["fft/8192", "fft/16384"]


def test_each_number_has_its_own_unit_and_level() -> None:
    wide = criterion("b", estimates={"slope": estimate(100.0, level=0.995)})
    bare = criterion("c", estimates={"slope": Estimate(point=1.0)})
    rows = rendered(labelled(wide, bare, printed("d", 1.5), printed("e", 7.0, unit=None), libtest("f"))).rows
    assert rows == [
        ["target", "benchmark", "estimate", "interval", "max - min"],
        ["field", "b", "100.0 ns", "99.00 ns to 101.0 ns (99.5%)", ""],
        ["", "c", "1.000 ns", "", ""],
        ["", "d", "1.500 Kcycles", "0.500 Kcycles to 2.500 Kcycles (95%)", ""],
        ["", "e", "7.000", "6.000 to 8.000 (95%)", ""],
        ["old", "f", "254.0 ns", "", "35.00 ns"],
    ]


def test_a_rate_needs_a_time() -> None:
    amounts = {"bytes": 64.0}
    assert "throughput" not in columns(labelled(printed(throughput=amounts), criterion(point=0.0, throughput=amounts)))


def test_a_rate_of_a_new_kind_is_shown() -> None:
    assert rendered(labelled(criterion(throughput={"pages": 1.0}))).rows[1][-1] == "10000000 pages/s"


@pytest.mark.parametrize("id", HOSTILE)
def test_an_id_is_shown_as_it_is_and_is_no_markup(id: str) -> None:
    page = rendered(labelled(criterion(id), criterion("z")))
    visible = id.replace("\n", "%0A").replace("\t", "%09").replace("\u202e", "%E2%80%AE")
    assert visible.strip() in [row[0].strip() for row in page.rows]
    assert page.elements == {"table", "thead", "tbody", "tr", "th", "td", "code"}


@given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"]) | st.just(" "), min_size=1))
@example("`|\\|`")
@example("a\\")
@example("`a")
def test_no_id_breaks_the_table(id: str) -> None:
    page = rendered(labelled(criterion(id)))
    assert [len(row) for row in page.rows] == [3, 3]
    assert page.rows[1][0].strip() == id.strip()
    assert page.elements <= {"table", "thead", "tbody", "tr", "th", "td", "code"}


def test_a_unit_is_no_markup() -> None:
    page = rendered(labelled(printed(unit="<b>|*x*")))
    assert page.rows[1][1] == "100.0 <b>|*x*"
    assert page.elements.isdisjoint({"b", "em"})


def test_results_that_are_lost_are_named_below_the_table() -> None:
    text = markdown_table.text(two_sources()).text
    assert text.endswith("\n\n- `c7i`: criterion/field/odd/new/sample.json cannot be read&#58; it is empty.\n")


def test_a_sentence_is_no_markup() -> None:
    problem = "www.example.com and _this_ of @someone: <b>, but sum_of_squares"
    text = markdown_table.text([labelled(criterion(), problems=(problem,))]).text
    assert text.splitlines()[-1] == (
        "- `new`: www&#46;example.com and &#95;this&#95; of &#64;someone&#58; &#60;b&#62;, but sum_of_squares"
    )
