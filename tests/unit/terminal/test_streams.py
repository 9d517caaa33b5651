"""Output that nobody reads any more is dropped, and what is read is there at once."""

from __future__ import annotations

import os
import pty
import sys
from pathlib import Path

import pytest

from benchmarks.terminal import streams


def test_output_to_a_terminal_that_is_gone_or_to_a_full_disk_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as gone, Path("/dev/full").open("w") as full:
        monkeypatch.setattr("sys.stdout", gone)
        monkeypatch.setattr("sys.stderr", full)
        streams.ignore_closed_output()
        os.close(ours)
        print("nobody reads this", flush=True)
        print("nor this", file=sys.stderr, flush=True)


def test_a_line_is_seen_at_once_also_where_it_is_piped(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.pipe()
    with os.fdopen(ours, "rb") as reader, os.fdopen(theirs, "w") as piped, Path("/dev/null").open("w") as nothing:
        monkeypatch.setattr("sys.stdout", piped)
        monkeypatch.setattr("sys.stderr", nothing)
        streams.ignore_closed_output()
        os.set_blocking(ours, False)
        sys.stdout.write("how far it is\n")
        assert reader.read1() == b"how far it is\n"
