"""Values as sentences show them, which texts are of one line, and the order of names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_numbers_within_names_are_sorted_by_their_value() -> None:
    names = ["fft/16384", "fft/8192", "fft/008", "2", "10", "sum/10³", "sum/10²", "a"]
    assert sorted(names, key=text.natural) == ["2", "10", "a", "fft/008", "fft/8192", "fft/16384", "sum/10²", "sum/10³"]


@given(st.lists(st.text() | st.text("²³①٣९0123456789/")))
def test_any_names_can_be_sorted(names: list[str]) -> None:
    assert sorted(sorted(names, key=text.natural)) == sorted(names)


def test_a_number_of_any_length_can_be_sorted() -> None:
    assert sorted(["9" * 10_000, "1" + "0" * 10_000], key=text.natural) == ["9" * 10_000, "1" + "0" * 10_000]


@pytest.mark.parametrize(
    "plain",
    [
        "",
        "fft/8192",
        "ä 測定",
        "العربية/8",
        "a\N{NO-BREAK SPACE}b",
        "می\N{ZERO WIDTH NON-JOINER}خواهم",
        "👩\N{ZERO WIDTH JOINER}🔬",
    ],
)
def test_a_text_of_any_script_is_printed_as_it_is(plain: str) -> None:
    assert text.escaped(plain) == plain


@pytest.mark.parametrize(
    ("hostile", "printed"),
    [
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\x9b2Jb", r"a\x9b2Jb"),
        ("a\nb\rc\td\x07", r"a\nb\rc\td\x07"),
        ("right\u202eto left", r"right\u202eto left"),
        ("a\u2066b\u2028c", r"a\u2066b\u2028c"),
        ("not UTF-8 \udcff", r"not UTF-8 \udcff"),
    ],
)
def test_what_would_control_the_terminal_is_printed_as_an_escape(hostile: str, printed: str) -> None:
    assert text.escaped(hostile) == printed


@given(st.text())
def test_whatever_is_escaped_can_be_printed_on_one_line(anything: str) -> None:
    escaped = text.escaped(anything)
    assert text.is_single_line(escaped)
    assert text.escaped(escaped) == escaped


@pytest.mark.parametrize(("minutes", "said"), [(0, "0 min"), (45, "45 min"), (120, "2 h"), (270, "4 h 30 min")])
def test_a_time_is_said_in_hours_and_minutes(minutes: int, said: str) -> None:
    assert text.hours(minutes) == said


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.4, "0 s"), (59.6, "1 min 0 s"), (750, "12 min 30 s"), (3600, "1 h"), (4805, "1 h 20 min")]
)
def test_a_duration_has_at_most_two_units(seconds: float, told: str) -> None:
    assert text.duration(seconds) == told
