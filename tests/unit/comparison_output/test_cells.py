"""The texts of cells."""

from __future__ import annotations

import pytest

from benchmarks.comparison.unit_numbers import BenchmarkKey
from benchmarks.comparison.verdicts import Limits
from benchmarks.comparison_output import cells
from benchmarks.runs.result_records import Interval
from benchmarks.sides import pairs
from tests.support.comparison_samples import UNITS, every_verdict, scaled, side


@pytest.mark.parametrize(
    ("value", "interval", "text"),
    [
        (0.4721, Interval(low=0.46, high=0.4899, level=0.95), "0.472 [0.460, 0.490]"),
        (1.0, None, "1.000"),
        (0.00012345, None, "0.000123"),
        (123456.0, None, "1.23e+05"),
    ],
)
def test_a_ratio_has_three_digits_and_its_interval(value: float, interval: Interval | None, text: str) -> None:
    assert cells.ratio(value, interval) == text


def test_a_verdict_is_a_word_with_a_sign() -> None:
    pair = every_verdict()
    assert {cells.verdict(pair, row) for row in pair.comparison.rows} == {"▲ slower", "▼ faster", "= same", "? unclear"}
    larger = pairs.compare(side("o", *UNITS, direction="larger"), side("n", *scaled(2), direction="larger"), Limits())
    assert cells.verdict(larger, larger.comparison.rows[0]) == "▼ faster (larger is better)"


def test_sides_are_called_by_their_names_unless_these_are_long() -> None:
    assert cells.titles(pairs.compare(side("main", 1), side("lto", 1), Limits())) == ("main", "lto")
    assert cells.titles(pairs.compare(side("main", 1), side("x" * 19, 1), Limits())) == ("old", "new")


def test_numbers_have_their_unit() -> None:
    pair = pairs.compare(side("o", 1500, unit="ns"), side("n", 100, unit="ns"), Limits())
    assert cells.numbers(pair, pair.comparison.rows[0]) == ("1.500 µs", "100.0 ns")


def test_intervals_have_their_level_in_the_title() -> None:
    assert cells.ratio_title(every_verdict()) == "ratio [95% interval]"
    assert cells.ratio_title(pairs.compare(side("o", 1), side("n", 1), Limits())) == "ratio"


def test_a_name_in_a_sentence_is_on_one_line() -> None:
    assert cells.name(BenchmarkKey("field", "a\nb")) == "field/a%0Ab"
    assert cells.name(BenchmarkKey(None, "a")) == "a"


def test_a_share_is_shown_in_per_cent() -> None:
    assert cells.percent(0.025) == "2.5 %"
