"""The order of benchmarks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.results.estimates import natural


def test_numbers_within_names_are_sorted_by_their_value() -> None:
    names = ["fft/16384", "fft/8192", "fft/008", "2", "10", "sum/10³", "sum/10²", "a"]
    assert sorted(names, key=natural) == ["2", "10", "a", "fft/008", "fft/8192", "fft/16384", "sum/10²", "sum/10³"]


@given(st.lists(st.text() | st.text("²³①٣९0123456789/")))
def test_any_names_can_be_sorted(names: list[str]) -> None:
    assert sorted(sorted(names, key=natural)) == sorted(names)


def test_a_number_of_any_length_can_be_sorted() -> None:
    assert sorted(["9" * 10_000, "1" + "0" * 10_000], key=natural) == ["9" * 10_000, "1" + "0" * 10_000]
