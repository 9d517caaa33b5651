"""Values as sentences show them, and which texts are of one line."""

from __future__ import annotations

import pytest

from benchmarks import text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a b", "'a b'"),
        (None, "None"),
        ({"a": 1}, "the mapping {'a': 1}"),
        (["a"], "the list ['a']"),
        (("a",), "the list ('a',)"),
    ],
)
def test_a_list_or_mapping_is_called_one_and_anything_else_is_shown_alone(value: object, shown: str) -> None:
    assert text.shown(value) == shown


@pytest.mark.parametrize("line", ["", "a b", "ä 測定", "a\N{NO-BREAK SPACE}b"])
def test_a_text_without_control_characters_is_a_line(line: str) -> None:
    assert text.is_single_line(line)


@pytest.mark.parametrize("other", ["a\nb", "a\tb", "\x1b[31m", "\x7f", "\x85", "a\udcff"])
def test_a_control_character_or_a_byte_that_is_no_text_makes_it_none(other: str) -> None:
    assert not text.is_single_line(other)
