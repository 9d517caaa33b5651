"""Text for GitHub; test_markdown_table.py renders what is made of it."""

from __future__ import annotations

import pytest

from benchmarks.exports import github_text


@pytest.mark.parametrize(
    ("text", "code"),
    [("fft/8192", "`fft/8192`"), ("", ""), ("a|b", "<code>a&#124;b</code>"), ("line\nbreak", "`line%0Abreak`")],
)
def test_a_name_is_code_without_markup(text: str, code: str) -> None:
    assert github_text.code(text) == code


def test_what_could_be_markup_or_a_mention_is_escaped() -> None:
    assert github_text.escaped("@someone | _x_ a_b 5") == "&#64;someone &#124; &#95;x&#95; a_b 5"


def test_a_row_has_its_cells_between_bars() -> None:
    assert github_text.line(["a", "", "b"]) == "| a |  | b |"
