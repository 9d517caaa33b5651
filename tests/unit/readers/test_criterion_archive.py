"""What is unpacked of an archive, and which archives are refused whole."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.readers import criterion_archive

Member = tuple[str, bytes | Callable[[tarfile.TarInfo], None]]


def archive(directory: Path, *members: Member, packing: str = "gz") -> Path:
    path = directory / "it.tar"
    mode: Any = f"w:{packing}"
    with tarfile.open(path, mode) as content:
        for name, given in members:
            member = tarfile.TarInfo(name)
            if callable(given):
                given(member)
                content.addfile(member)
            else:
                member.size = len(given)
                content.addfile(member, io.BytesIO(given))
    return path


def of_kind(kind: bytes, target: str = "") -> Callable[[tarfile.TarInfo], None]:
    def change(member: tarfile.TarInfo) -> None:
        member.type, member.linkname = kind, target

    return change


def refusal(path: Path, directory: Path) -> str:
    with pytest.raises(RefusedError) as refused:
        criterion_archive.unpack(path, directory, "it")
    return str(refused.value)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    directory = tmp_path / "out"
    directory.mkdir()
    return directory


@pytest.mark.parametrize("packing", ["", "gz", "bz2", "xz"])
def test_only_what_results_are_read_from_is_unpacked(tmp_path: Path, out: Path, packing: str) -> None:
    names = ("benchmark.json", "estimates.json", "sample.json", "tukey.json", "raw.csv")
    path = archive(
        tmp_path,
        *((f"criterion/all/mul/{folder}/{name}", b"x") for folder in ("new", "base") for name in names),
        ("criterion/all/mul/report/index.html", b"x"),
        ("criterion/new", of_kind(tarfile.DIRTYPE)),
        ("./benchmark.log", b"log"),
        ("results.json", b"{}"),
        packing=packing,
    )
    assert criterion_archive.is_archive(path)
    criterion_archive.unpack(path, out, "it")
    assert sorted(str(found.relative_to(out)) for found in out.rglob("*") if found.is_file()) == [
        "benchmark.log",
        "criterion/all/mul/new/benchmark.json",
        "criterion/all/mul/new/estimates.json",
        "criterion/all/mul/new/sample.json",
        "results.json",
    ]


@pytest.mark.parametrize("name", ["../benchmark.log", "a/../../new/sample.json", "/etc/benchmark.log", ".."])
def test_a_member_outside_of_the_archives_directory_is_refused(tmp_path: Path, out: Path, name: str) -> None:
    path = archive(tmp_path, (name, b"x"))
    assert refusal(path, out) == f"it is not unpacked: its member {name!r} would be outside of its directory."
    assert list(out.iterdir()) == []
    assert not (tmp_path / "benchmark.log").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, out: Path, kind: bytes) -> None:
    path = archive(tmp_path, ("mul/new/sample.json", of_kind(kind, "/etc/passwd")))
    assert (
        refusal(path, out) == "it is not unpacked: its member 'mul/new/sample.json' is neither a file nor a directory."
    )
    assert list(out.iterdir()) == []


def test_a_members_name_does_nothing_to_the_terminal(tmp_path: Path, out: Path) -> None:
    assert r"'../a\x1b[31m\nb'" in refusal(archive(tmp_path, ("../a\x1b[31m\nb", b"")), out)


def test_an_archive_that_says_it_is_too_large_is_refused_before_it_is_unpacked(tmp_path: Path, out: Path) -> None:
    member = tarfile.TarInfo("mul/new/sample.json")
    member.size = 2**40
    path = tmp_path / "it.tar"
    path.write_bytes(member.tobuf() + b"\0" * 1024)
    assert refusal(path, out) == "it is not read: unpacked, its files have more than 1024 MiB."
    assert list(out.iterdir()) == []


def test_files_count_together(tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(criterion_archive, "LARGEST", 2**20)
    half = b"\0" * (2**19 + 1)
    assert "more than 1 MiB" in refusal(
        archive(tmp_path, ("a/new/sample.json", half), ("b/new/sample.json", half)), out
    )
    criterion_archive.unpack(archive(tmp_path, ("a/new/sample.json", half), ("b/new/other.json", half)), out, "it")


@pytest.mark.parametrize("packing", ["", "gz", "bz2", "xz"])
def test_an_archive_that_ends_early_is_refused_wherever_it_ends(tmp_path: Path, out: Path, packing: str) -> None:
    members = ((f"{name}/new/sample.json", bytes(range(256)) * 8) for name in "abcdef")
    path = archive(tmp_path, *members, packing=packing)
    whole = path.read_bytes()
    content = len(whole.rstrip(b"\0")) if packing == "" else len(whole) - 1
    for length in (*range(0, content, max(1, content // 50)), content):
        path.write_bytes(whole[:length])
        assert refusal(path, out).startswith("it cannot be unpacked: ")


def test_damaged_bytes_are_refused(tmp_path: Path, out: Path) -> None:
    path = archive(tmp_path, ("a/new/sample.json", bytes(range(256)) * 400))
    whole = path.read_bytes()
    path.write_bytes(whole[:150] + b"\xff" * 40 + whole[190:])
    assert criterion_archive.is_archive(path)
    assert refusal(path, out).startswith("it cannot be unpacked: ")


def test_a_file_where_another_needs_a_directory_is_refused(tmp_path: Path, out: Path) -> None:
    path = archive(tmp_path, ("benchmark.log", b"x"), ("benchmark.log/new/sample.json", b"x"))
    assert refusal(path, out) == "it cannot be unpacked: Not a directory."


@pytest.mark.parametrize(
    "content", [b"", b"text", b"\x1f\x8bgarbage", b"BZhgarbage", b"\xfd7zXZ\x00garbage", b"PK\x03\x04"]
)
def test_what_is_no_archive_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "it").write_bytes(content)
    assert not criterion_archive.is_archive(tmp_path / "it")
