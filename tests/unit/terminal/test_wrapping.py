"""Lines broken between words."""

from __future__ import annotations

import os
import pty
import struct
import termios
from fcntl import ioctl
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.terminal import wrapping

WORDS = st.text("abc-/", min_size=1, max_size=30)


@given(st.lists(WORDS, min_size=1), st.integers(5, 40))
def test_no_word_is_broken_and_no_line_is_longer_than_its_only_word(words: list[str], columns: int) -> None:
    lines = wrapping.wrapped(" ".join(words), columns).split("\n")
    assert " ".join(lines).split() == words
    assert all(len(line) <= columns or " " not in line for line in lines)


def test_a_line_goes_on_as_it_has_begun() -> None:
    assert wrapping.wrapped("one\n  two three four", 11) == "one\n  two three\n  four"


def test_a_line_with_a_label_goes_on_below_its_value() -> None:
    assert wrapping.wrapped("  Zone      one, else two, else three", 24) == (
        "  Zone      one, else\n            two, else\n            three"
    )
    assert (
        wrapping.wrapped("  At most   $1 for four hours", 20)
        == "  At most   $1 for\n            four\n            hours"
    )
    # What cannot be broken stays beside its label.
    assert wrapping.wrapped("  Results   s3://mine/results/one/two/", 24) == "  Results   s3://mine/results/one/two/"


def test_without_a_terminal_lines_stay_as_they_are(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as stream:
        assert wrapping.columns(stream) == 0
    assert wrapping.wrapped("a  b " * 99, 0) == "a  b " * 99


def test_a_terminal_has_columns() -> None:
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with os.fdopen(ours, "rb"), os.fdopen(theirs, "w") as stream:
        assert wrapping.columns(stream) == 80
