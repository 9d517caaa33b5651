"""Lines broken between words."""

from __future__ import annotations

import os
import pty
import struct
import sys
import termios
from fcntl import ioctl
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.terminal import streams, wrapping

WORDS = st.text("abc-/", min_size=1, max_size=30)


@given(st.lists(WORDS, min_size=1), st.integers(5, 40))
def test_no_word_is_broken_and_no_line_is_longer_than_its_only_word(words: list[str], columns: int) -> None:
    lines = wrapping.wrapped(" ".join(words), columns).split("\n")
    assert " ".join(lines).split() == words
    assert all(len(line) <= columns or " " not in line for line in lines)


def test_a_line_goes_on_as_it_has_begun() -> None:
    assert wrapping.wrapped("one\n  two three four", 11) == "one\n  two three\n  four"


def test_without_a_terminal_lines_stay_as_they_are(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as stream:
        assert wrapping.columns(stream) == 0
    assert wrapping.wrapped("a  b " * 99, 0) == "a  b " * 99


def test_a_terminal_has_columns() -> None:
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with os.fdopen(ours, "rb"), os.fdopen(theirs, "w") as stream:
        assert wrapping.columns(stream) == 80


def test_output_to_a_terminal_that_is_gone_or_to_a_full_disk_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as gone, Path("/dev/full").open("w") as full:
        monkeypatch.setattr("sys.stdout", gone)
        monkeypatch.setattr("sys.stderr", full)
        streams.outlive_readers()
        os.close(ours)
        print("nobody reads this", flush=True)
        print("nor this", file=sys.stderr, flush=True)


def test_a_line_is_seen_at_once_also_where_it_is_piped(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.pipe()
    with os.fdopen(ours, "rb") as reader, os.fdopen(theirs, "w") as piped, Path("/dev/null").open("w") as nothing:
        monkeypatch.setattr("sys.stdout", piped)
        monkeypatch.setattr("sys.stderr", nothing)
        streams.outlive_readers()
        os.set_blocking(ours, False)
        sys.stdout.write("how far it is\n")
        assert reader.read1() == b"how far it is\n"
