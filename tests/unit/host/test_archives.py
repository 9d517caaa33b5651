"""Archives that change only with what is in them."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import tarfile
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.host import archives

NAMES = st.text("abcdefgh-_.é ", min_size=1, max_size=8).filter(lambda name: name.strip(". ") != "")
TREES = st.dictionaries(st.lists(NAMES, min_size=1, max_size=3).map(tuple), st.binary(max_size=50), max_size=6)


def make(root: Path, tree: dict[tuple[str, ...], bytes]) -> None:
    root.mkdir()
    for parts, content in tree.items():
        path = root.joinpath(*parts)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError:
            continue  # one name cannot be a file and a directory at once


def members(packed: bytes) -> dict[str, bytes | None]:
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        files = {member.name: archive.extractfile(member) for member in archive}
        return {name: file.read() if file else None for name, file in files.items()}


@settings(max_examples=40)
@given(TREES)
def test_a_copy_packs_to_the_same_bytes_and_holds_the_same_files(tree: dict[tuple[str, ...], bytes]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        here, there = Path(scratch, "here"), Path(scratch, "there")
        make(here, tree)
        shutil.copytree(here, there)
        for path in there.rglob("*"):
            os.utime(path, (1, 1))
        packed = archives.pack(here)
        assert archives.pack(there) == packed
        files = {str(p.relative_to(here)): p.read_bytes() if p.is_file() else None for p in here.rglob("*")}
        assert members(packed) == {name: content for name, content in files.items() if name not in archives.EXCLUDED}


@pytest.mark.parametrize("change", ["content", "name", "mode"])
def test_a_change_to_a_file_changes_the_archive(tmp_path: Path, change: str) -> None:
    file = tmp_path / "a"
    file.write_text("1")
    before = archives.digest(archives.pack(tmp_path))
    match change:
        case "content":
            file.write_text("2")
        case "name":
            file.rename(tmp_path / "b")
        case "mode":
            file.chmod(0o755)
    assert archives.digest(archives.pack(tmp_path)) != before


def test_build_output_and_history_are_left_out(tmp_path: Path) -> None:
    for name in ("target/debug/big", ".git/HEAD", "src/lib.rs", "src/target/kept.rs"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    assert set(members(archives.pack(tmp_path))) == {"src", "src/lib.rs", "src/target", "src/target/kept.rs"}


def test_a_directory_that_cannot_be_read_is_not_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "src/closed"
    closed.mkdir(parents=True)
    scan = os.scandir

    def refuse(path: str | os.PathLike[str]) -> object:
        # Not by its mode, which root's rights pass over.
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(closed))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(PermissionError, match="src/closed"):
        archives.pack(tmp_path)


def test_writing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "new/archive"
    assert [archives.write(b"1", file), archives.write(b"1", file), archives.write(b"2", file)] == [True, False, True]
    assert gzip.decompress(file.read_bytes()) == b"2"
