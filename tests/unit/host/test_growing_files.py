"""What only grows on its host is not replaced by less."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.host import growing_files


@pytest.mark.parametrize(
    ("name", "here", "fetched", "stays"),
    [
        ("benchmark.log", b"one two", b"one", True),
        ("activity", b"one two", b"one", True),
        ("benchmark.log", b"one two", b"", True),
        ("benchmark.log", b"one", b"one two", False),
        # It is another log.
        ("benchmark.log", b"one two", b"six", False),
        ("benchmark.log", None, b"one", False),
        ("stopped-services", b"one two", b"one", False),
    ],
)
def test_what_was_read_is_not_replaced_by_its_beginning(
    tmp_path: Path, name: str, here: bytes | None, fetched: bytes, stays: bool
) -> None:
    path, part = tmp_path / name, tmp_path / f"{name}.part"
    if here is not None:
        path.write_bytes(here)
    part.write_bytes(fetched)
    assert growing_files.place(part, path) is not stays
    assert path.read_bytes() == (here if stays else fetched)
    assert not part.exists()


def test_what_was_not_fetched_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        growing_files.place(tmp_path / "benchmark.log.part", tmp_path / "benchmark.log")
