"""The comparison for GitHub, read as a renderer of Markdown reads it."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from benchmarks.comparison.verdicts import Limits
from benchmarks.comparison_output import comparison_markdown
from benchmarks.comparison_output.selected_rows import REGRESSIONS, Selection
from benchmarks.sides import pairs
from benchmarks.sides.dividing import Division
from benchmarks.sides.pairs import Pair
from tests.support.comparison_samples import every_verdict, side
from tests.support.result_samples import HOSTILE


def text(*found: Pair, selection: Selection | None = None) -> str:
    division = Division((), ("else: left out.",))
    return comparison_markdown.text(found, division, selection or Selection())


def rendered(markdown: str) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(markdown))


def rows(html: str) -> list[list[str]]:
    return [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)]


def test_a_table_stands_between_what_the_sides_are_and_what_to_know() -> None:
    html = rendered(text(pairs.compare(side("old", 100), side("new", 200), Limits())))
    assert rows(html) == [
        ["benchmark", "old", "new", "ratio", "verdict"],
        ["<code>fft/8192</code>", "100.0 ns", "200.0 ns", "2.000", "▲ slower"],
    ]
    assert "<li>old: machine and compiler are not known, from old0</li>" in html
    assert "<li>Basis: one run each, 10 % noise assumed; differences up to 2 % do not matter.</li>" in html
    assert html.endswith("<p>else: left out.</p>\n")


@pytest.mark.parametrize("id", HOSTILE)
def test_no_id_is_markup(id: str) -> None:
    html = rendered(text(pairs.compare(side("old", 1, id=id), side("new", 1, id=id), Limits())))
    assert [len(row) for row in rows(html)] == [5, 5]
    assert set(re.findall(r"<(\w+)", html)) == {"ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "p"}


def test_each_pair_has_its_table_and_only_what_is_selected() -> None:
    html = rendered(text(every_verdict(), every_verdict(), selection=Selection(REGRESSIONS)))
    assert [row[0] for row in rows(html)] == ["benchmark", "<code>slower/10</code>", "<code>slow</code>"] * 2
    assert rows(html)[0][3] == "ratio [95% interval]"
