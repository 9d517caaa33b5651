"""What is unpacked of an archive, and which archives are refused whole."""

from __future__ import annotations

import gzip
import io
import shutil
import subprocess
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


def unpacked(path: Path, out: Path) -> tuple[str, list[str]]:
    """What is said of an archive that a host has made, and which files are there after it."""
    said = criterion_archive.unpack_fetched(path, out, "it")
    return said, sorted(str(one.relative_to(out)) for one in out.rglob("*") if not one.is_dir())


def test_all_files_that_a_host_has_packed_are_unpacked_in_place_of_earlier_ones(tmp_path: Path, out: Path) -> None:
    names = ["criterion/all/mul/new/sample.json", "criterion/all/mul/new/raw.csv", "criterion/all/report/index.html"]
    (out / "criterion").mkdir()
    (out / "criterion/old").touch()
    (out / "benchmark.log").touch()
    path = archive(tmp_path, *((name, b"x") for name in names))
    assert unpacked(path, out) == ("", ["benchmark.log", *sorted(names)])


def test_what_is_neither_a_file_nor_a_directory_is_left_out_and_named(tmp_path: Path, out: Path) -> None:
    path = archive(
        tmp_path,
        ("criterion/shadow", of_kind(tarfile.SYMTYPE, "/etc/shadow")),
        ("criterion/up", of_kind(tarfile.SYMTYPE, "..")),
        ("criterion/hard", of_kind(tarfile.LNKTYPE, "criterion/a")),
        ("criterion/disk", of_kind(tarfile.BLKTYPE)),
        ("criterion/queue", of_kind(tarfile.FIFOTYPE)),
        ("criterion/a", b"x"),
        # Below what an earlier member wanted to be a link that leads out.
        ("criterion/up/b", b"x"),
    )
    said, files = unpacked(path, out)
    assert said == (
        "Not unpacked, since results are only in files and directories: 'criterion/shadow' and 4 more of it."
    )
    assert files == ["criterion/a", "criterion/up/b"]
    assert [one for one in tmp_path.rglob("*") if one.is_symlink()] == []


def test_a_link_that_was_there_is_replaced_and_not_followed(tmp_path: Path, out: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (out / "criterion").symlink_to(elsewhere)
    with pytest.raises(RefusedError):
        unpacked(archive(tmp_path, ("criterion/a", b"x")), out)
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("name", ["/etc/passwd", "../up", "criterion/../../up", "keys/login", "manifest.json", "."])
def test_nothing_of_an_archive_reaches_out_of_criterions_directory(tmp_path: Path, out: Path, name: str) -> None:
    with pytest.raises(RefusedError, match=r"^it is not unpacked: its member "):
        unpacked(archive(tmp_path, (name, b"x")), out)
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("limit", ["LARGEST", "MOST"])
def test_an_archive_that_would_fill_the_disk_is_refused(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(criterion_archive, limit, 3)
    path = archive(tmp_path, *((f"criterion/{number}", b"x") for number in range(4)))
    with pytest.raises(RefusedError, match=r"^it is not unpacked: it has more than .*, which no benchmark needs\.$"):
        unpacked(path, out)


def test_a_hole_counts_as_what_it_unpacks_to(tmp_path: Path, out: Path) -> None:
    sparse = tmp_path / "criterion/sparse"
    sparse.parent.mkdir()
    with sparse.open("wb") as file:
        file.truncate(criterion_archive.LARGEST + 1)
    path = tmp_path / "it.tar"
    subprocess.run(["tar", "--create", "--gzip", "--sparse", f"--file={path}", "criterion"], cwd=tmp_path, check=True)
    assert path.stat().st_size < 2**20
    with pytest.raises(RefusedError, match="it is not unpacked: it has more than"):
        unpacked(path, out)


def test_a_header_without_an_end_is_refused_unread(tmp_path: Path, out: Path) -> None:
    path = archive(tmp_path, ("criterion/" + "a" * 2**21, b"x"))
    with pytest.raises(RefusedError, match=r"^it cannot be unpacked: a header in it is too long\.$"):
        unpacked(path, out)


def test_earlier_results_that_cannot_be_removed_are_not_mixed_with_new_ones(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove = shutil.rmtree

    def fail(path: Path, **how: Any) -> None:
        if path.name == "criterion":
            raise PermissionError(13, "Permission denied")
        remove(path, **how)

    monkeypatch.setattr(shutil, "rmtree", fail)
    (out / "criterion").mkdir()
    (out / "criterion/old").touch()
    with pytest.raises(RefusedError, match=r"^it cannot be unpacked: Permission denied\.$"):
        unpacked(archive(tmp_path, ("criterion/a", b"x")), out)
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*")) == ["criterion", "criterion/old"]


def test_a_part_is_never_in_the_place_of_the_whole(tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: Any, **__: Any) -> None:
        assert (out / ".unpacking/criterion/a").exists()
        raise KeyboardInterrupt

    (out / "criterion").mkdir()
    (out / "criterion/old").touch()
    path = archive(tmp_path, ("criterion/a", b"x"), ("criterion/b", b"x"))
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(criterion_archive, "_check_end", killed)
        patched.setattr(shutil, "rmtree", lambda *_, **__: None)
        unpacked(path, out)
    assert [one.name for one in (out / "criterion").iterdir()] == ["old"]
    assert unpacked(path, out) == ("", ["criterion/a", "criterion/b"])


def test_a_chain_of_headers_is_refused(tmp_path: Path, out: Path) -> None:
    long = tarfile.TarInfo("././@LongLink")
    long.type, long.size = tarfile.GNUTYPE_LONGNAME, 1
    link = long.tobuf(tarfile.GNU_FORMAT) + b"a".ljust(tarfile.BLOCKSIZE, tarfile.NUL)
    path = tmp_path / "it.tar"
    path.write_bytes(gzip.compress(link * 3000))
    with pytest.raises(RefusedError, match=r"^it cannot be unpacked: "):
        unpacked(path, out)


def test_what_follows_an_archive_is_not_read_for_ever(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive(tmp_path, ("criterion/a", b"x"))
    with path.open("ab") as file:
        file.write(gzip.compress(b"x" * 2**21))
    monkeypatch.setattr(criterion_archive, "LARGEST", 2**20)
    with pytest.raises(RefusedError, match="does not end where its last member does"):
        unpacked(path, out)


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_what_is_no_archive_is_told_in_one_sentence(tmp_path: Path, out: Path, content: bytes) -> None:
    (tmp_path / "it.tar").write_bytes(content)
    with pytest.raises(RefusedError, match=r"^it cannot be unpacked: .*\.$"):
        unpacked(tmp_path / "it.tar", out)
