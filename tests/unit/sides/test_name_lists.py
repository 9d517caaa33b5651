"""Names in sentences."""

from __future__ import annotations

from benchmarks.sides.name_lists import named


def test_a_few_names_are_all_named() -> None:
    assert named(["a"]) == "a"
    assert named(list("abcde")) == "a, b, c, d, e"


def test_of_many_the_rest_is_counted() -> None:
    assert named(list("abcdefg")) == "a, b, c, d, e and 2 more"


def test_a_long_name_is_cut() -> None:
    assert named(["x" * 100]) == "x" * 59 + "…"
