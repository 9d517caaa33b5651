"""The copy of a host's log on this side."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.host import log_copy
from benchmarks.host.log_copy import LogCopy


def test_a_log_is_kept_as_it_comes_and_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "1/benchmark.log"
    assert (LogCopy(path).size, LogCopy(path).read(0)) == (0, b"")
    assert LogCopy(path).told.startswith("Nothing")
    for part in (b"first\r\n", b"", b"\xff second"):
        assert LogCopy(path).add(part) is None
    assert path.read_bytes() == b"first\r\n\xff second"
    assert LogCopy(path).size == len(b"first\r\n\xff second")
    assert LogCopy(path).told.endswith("is kept.")
    assert LogCopy(path).read(7) == b"\xff second"


def test_what_cannot_be_written_now_is_written_later(tmp_path: Path) -> None:
    log = LogCopy(tmp_path / "1/benchmark.log")
    (tmp_path / "1").write_text("in the way")
    assert "cannot be written" in (log.add(b"first ") or "")
    (tmp_path / "1").unlink()
    assert log.add(b"second") is None
    assert (tmp_path / "1/benchmark.log").read_bytes() == b"first second"


def test_of_a_long_log_the_end_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_copy, "LONGEST", 8)
    log = LogCopy(tmp_path / "log")
    log.add(b"0123456789abcdef")
    assert log.read(0) == b"89abcdef"
    assert log.read(12) == b"cdef"
    assert log.read(99) == b""


def test_what_could_not_be_written_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "1/benchmark.log"
    log = LogCopy(path)
    log.add(b"first ")
    path.rename(tmp_path / "away")
    path.mkdir()
    assert "cannot be written" in (log.add(b"second") or "")
    path.rmdir()
    (tmp_path / "away").rename(path)
    assert [log.read(begin) for begin in (0, 2, 6, 8)] == [b"first second", b"rst second", b"second", b"cond"]
