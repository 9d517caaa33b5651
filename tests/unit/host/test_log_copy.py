"""The copy of a host's log on this side."""

from __future__ import annotations

from pathlib import Path

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
