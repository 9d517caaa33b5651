"""Names of benchmarks for other programs: unique, stable, and readable by a person."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.exports import benchmark_names
from tests.support.result_samples import criterion


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "field/fft/8192"),
        ({"target": None}, "fft/8192"),
        ({"variant": "lto"}, "field/fft/8192 [lto]"),
        ({"process": 2}, "field/fft/8192 #2"),
        ({"variant": "lto", "process": 3}, "field/fft/8192 [lto] #3"),
    ],
)
def test_a_name_says_what_was_measured(changes: dict[str, Any], name: str) -> None:
    assert benchmark_names.qualified(criterion(**changes)) == name


@given(st.text(), st.sampled_from(["", " ", "`|", "/-"]))
def test_an_encoded_text_is_visible_and_can_be_decoded(text: str, also: str) -> None:
    encoded = benchmark_names.encoded(text, also)
    assert encoded.isprintable()
    assert not set(encoded) & set(also)
    assert unquote(encoded) == text


@given(st.lists(st.text(), min_size=2, max_size=2, unique=True))
def test_different_texts_stay_different(texts: list[str]) -> None:
    assert benchmark_names.encoded(texts[0]) != benchmark_names.encoded(texts[1])


def test_what_can_be_read_is_kept() -> None:
    assert benchmark_names.encoded("µs <T> العربية") == "µs <T> العربية"


@pytest.mark.parametrize(
    ("id", "shown"),
    [("50%", "field/50%"), ("line\nbreak", "field/line%0Abreak"), ("x" * 300, f"field/{'x' * 53}…")],
)
def test_a_name_in_a_sentence_is_one_short_line(id: str, shown: str) -> None:
    assert benchmark_names.in_sentence(criterion(id)) == shown
