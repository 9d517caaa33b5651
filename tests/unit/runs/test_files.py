"""Files that are never half there."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest

from benchmarks.runs import files


def test_a_file_is_written_with_its_directory_and_says_whether_that_changed_anything(tmp_path: Path) -> None:
    path = tmp_path / "a/b/record.json"
    assert files.write_whole(path, "ä\n")
    assert not files.write_whole(path, "ä\n")
    assert files.write_whole(path, "other\n")
    assert path.read_bytes() == b"other\n"
    assert list(path.parent.iterdir()) == [path]


def test_where_a_file_cannot_be_replaced_the_old_one_stays_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: Path, _target: Path) -> NoReturn:
        raise OSError("disk full")

    path = tmp_path / "record.json"
    path.write_text("old")
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        files.write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
