"""The table of instance types, narrow and wide."""

from __future__ import annotations

from benchmarks.aws.instance_types import Offer
from benchmarks.picker import types_table
from benchmarks.picker.selection import Criteria
from tests.support.picker_answers import answer, data, shown
from tests.support.picker_data_sets import instance_type


def test_the_table_stays_within_80_characters_with_the_longest_names_and_numbers() -> None:
    longest = instance_type(
        "u7inh-32tb.480xlarge", cores=1920, vcpus=1920, memory=32 * 1024 * 1024, architectures=("x86_64",)
    )
    lines = types_table.lay_out(answer(Criteria(), data((Offer(longest, 1234.5678),))).choice)
    assert lines.width <= 80
    assert len(lines.rows[0].split()) == 7


def test_the_wide_table_shows_everything_on_one_line_a_type() -> None:
    heading, first, *_ = shown(Criteria(cpu=4), wide=True).splitlines()
    assert heading.split("  ")[-1] == "Zones"
    for cell in ("16384", "2", "Intel 3.5 GHz", "0.1100", "Up to 12.5 Gigabit", "no", "eu-north-1a eu-north-1b"):
        assert f" {cell} " in f"{first} "


def test_spot_prices_take_the_place_of_those_on_demand_where_they_are_asked_for() -> None:
    heading, first, *_ = shown(Criteria(cpu=4, spot=True)).splitlines()
    assert "$/h spot" in heading
    assert "on demand" not in heading
    assert first.split()[-2:] == ["0.1100", "0.0275"]
