"""The table on a terminal."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from benchmarks.comparison.verdicts import Limits
from benchmarks.comparison_output import comparison_table
from benchmarks.comparison_output.selected_rows import REGRESSIONS, Selection
from benchmarks.sides import pairs
from benchmarks.sides.pairs import Pair
from tests.support.comparison_samples import every_verdict, joined, side
from tests.support.result_samples import HOSTILE

LONG = "a_group_of_benchmarks/a_function_of_it/16384"


def texts(pair: Pair, width: int = 100, selection: Selection | None = None) -> list[str]:
    return [text.plain for text in comparison_table.lines(pair, selection or Selection(), width)]


def test_numbers_are_aligned_and_every_row_ends_with_its_verdict() -> None:
    pair = pairs.compare(
        joined(side("old", 100, id="a"), side("old", 1000, id="bb")),
        joined(side("new", 50, id="a"), side("new", 5000, id="bb")),
        Limits(),
    )
    assert texts(pair) == [
        "benchmark       old       new  ratio  verdict",
        "bb         1.000 µs  5.000 µs  5.000  ▲ slower",
        "a          100.0 ns  50.00 ns  0.500  ▼ faster",
    ]


def test_targets_have_a_column_if_there_are_several() -> None:
    pair = pairs.compare(
        joined(side("old", 1), side("old", 1, target="merkle")),
        joined(side("new", 1), side("new", 1, target="merkle")),
        Limits(),
    )
    assert texts(pair)[0].startswith("target  benchmark ")
    assert texts(pair)[1].startswith("field   fft/8192 ")


def test_verdicts_are_told_apart_without_colour_and_with_it() -> None:
    rows = list(comparison_table.lines(every_verdict(), Selection(), 100))[1:]
    assert [row.plain.split("  ")[-1] for row in rows] == ["▲ slower", "▲ slower", "▼ faster", "? unclear", "= same"]
    assert [row.spans[-1].style for row in rows] == ["red", "red", "green", "yellow", "dim"]


@pytest.mark.parametrize("width", [60, 80])
def test_names_are_folded_to_the_width_of_a_terminal(width: int) -> None:
    pair = pairs.compare(
        joined(side("old", 1, id=LONG), side("old", 1, target=LONG)),
        joined(side("new", 1, id=LONG), side("new", 1, target=LONG)),
        Limits(),
    )
    shown = texts(pair, width)
    assert max(map(cell_len, shown)) <= width + 16
    assert len(shown) > 3
    assert max(map(cell_len, texts(pair, 90))) <= 90


@pytest.mark.parametrize("id", HOSTILE)
def test_any_id_stays_on_its_line(id: str) -> None:
    pair = pairs.compare(side("old", 1, id=id), side("new", 1, id=id), Limits())
    heading, row = texts(pair, 500)
    assert row.isprintable()
    assert cell_len(row) == cell_len(heading) + len("? unclear") - len("verdict")


def test_nothing_to_show_is_no_table() -> None:
    assert texts(pairs.compare(side("old", 1), side("new", 1), Limits()), selection=Selection(REGRESSIONS)) == []
