"""What is fetched of an attempt, and how Criterion's directory is packed."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import tarfile
import time
from pathlib import Path

import pytest

from benchmarks.host import attempt_files


def lines(directory: Path) -> list[str]:
    command = attempt_files.found_command(str(directory))
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def found(directory: Path) -> list[str]:
    return attempt_files.found(lines(directory))


def test_what_has_something_in_it_is_found_and_an_empty_list_of_services(tmp_path: Path) -> None:
    (tmp_path / "criterion").mkdir()
    for name in ("benchmark.log", "activity", "stopped-services"):
        (tmp_path / name).touch()
    assert found(tmp_path) == ["stopped-services"]
    (tmp_path / "criterion/tiny").mkdir()
    for name in ("benchmark.log", "activity"):
        (tmp_path / name).write_text("x")
    assert found(tmp_path) == ["benchmark.log", "activity", "stopped-services", "criterion"]


def test_what_is_here_with_the_same_content_is_not_fetched_again(tmp_path: Path) -> None:
    host, here = tmp_path / "host", tmp_path / "here"
    (host / "criterion/tiny").mkdir(parents=True)
    here.mkdir()
    for name in ("benchmark.log", "activity", "stopped-services"):
        (host / name).write_text(name)
    assert attempt_files.to_fetch(lines(host), str(here)) == ["benchmark.log", "activity", "stopped-services"]
    (here / "benchmark.log").write_text("bench")  # a part
    (here / "activity").write_text("activity")
    assert attempt_files.to_fetch(lines(host), str(here)) == ["benchmark.log", "stopped-services"]
    assert attempt_files.to_fetch(lines(tmp_path / "none"), str(here)) == []


def test_an_attempt_that_never_was_has_nothing(tmp_path: Path) -> None:
    assert found(tmp_path / "none") == []


def test_criterions_directory_is_packed_with_links_as_links(tmp_path: Path) -> None:
    (tmp_path / "criterion/tiny").mkdir(parents=True)
    (tmp_path / "criterion/tiny/estimates.json").write_text("{}")
    (tmp_path / "criterion/tiny/link").symlink_to("/etc/hostname")
    (tmp_path / "criterion.tar.gz").touch()
    subprocess.run(attempt_files.pack_command(str(tmp_path)), check=True)
    with tarfile.open(tmp_path / "criterion.tar.gz") as archive:
        assert [(one.name, one.issym()) for one in archive] == [
            ("criterion", False),
            ("criterion/tiny", False),
            ("criterion/tiny/estimates.json", False),
            ("criterion/tiny/link", True),
        ]


def test_criterions_directory_is_packed_once_for_each_end(tmp_path: Path) -> None:
    directory = tmp_path / "runs/r1/1"
    (directory / "criterion").mkdir(parents=True)
    (tmp_path / "confined").write_text('#!/bin/sh\necho >>"$(dirname "$0")/packings"; exec "$@"\n')
    (tmp_path / "confined").chmod(0o755)
    command = attempt_files.pack_once_command(str(directory), str(tmp_path))

    def packings() -> int:
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        # Whoever has the archive need not fetch it.
        assert attempt_files.to_fetch(said.splitlines(), str(directory)) == []
        assert attempt_files.to_fetch(said.splitlines(), str(tmp_path)) == ["criterion.tar.gz"]
        return len((tmp_path / "packings").read_text().splitlines())

    # While it is measured there will be more.
    assert [packings(), packings()] == [1, 2]
    assert "criterion.tar.gz" not in found(directory)
    (directory / "build.status").write_text("success exited 0\n")
    assert "criterion.tar.gz" not in found(directory)
    assert [packings(), packings()] == [3, 3]
    # Who lists the files is neither root nor that code.
    assert stat.S_IMODE((directory / "packed").stat().st_mode) == 0o644
    assert "criterion.tar.gz" in found(directory)
    (directory / "run.status").write_text("success exited 0\n")
    assert "criterion.tar.gz" not in found(directory)
    before = (directory / "criterion.tar.gz").read_bytes()
    assert [packings(), packings()] == [4, 4]
    (directory / "criterion/more").touch()
    assert packings() == 4
    assert (directory / "criterion.tar.gz").read_bytes() == before
    # Third-party code could keep who packs waiting.
    assert stat.S_IMODE((directory / "packing.lock").stat().st_mode) == 0o600


def test_a_packing_that_fails_is_no_packing(tmp_path: Path) -> None:
    (tmp_path / "confined").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "confined").chmod(0o755)
    (tmp_path / "run.status").write_text("success exited 0\n")
    command = attempt_files.pack_once_command(str(tmp_path), str(tmp_path))
    assert [subprocess.run(command, check=False).returncode for _ in range(2)] == [3, 3]


def test_who_asks_what_there_is_follows_the_run(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    found(tmp_path / "1")
    # Only an instance that powers itself off has a heartbeat.
    assert not (tmp_path / "heartbeat").exists()
    (tmp_path / "heartbeat").touch()
    os.utime(tmp_path / "heartbeat", (0, 0))
    assert found(tmp_path / "1") == []
    # A large archive takes more than the few minutes between two looks.
    assert abs((tmp_path / "heartbeat").stat().st_mtime - time.time() - 1500) < 60
    # It had not ended.
    assert (tmp_path / "heartbeat").read_text() == ""


def test_who_collects_what_has_ended_leaves_its_checksum(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "1/benchmark.log").write_text("tiny: 1 ns\n")
    (tmp_path / "1/build.status").write_text("exit-code exited 101\n")
    assert found(tmp_path / "1") == ["benchmark.log"]
    assert not (tmp_path / "heartbeat").exists()
    (tmp_path / "heartbeat").touch()
    found(tmp_path / "1")
    (tmp_path / "1/run.status").write_text("success exited 0\n")
    found(tmp_path / "1")
    whole = [b"exit-code exited 101\ntiny: 1 ns\n", b"exit-code exited 101\nsuccess exited 0\ntiny: 1 ns\n"]
    sums = [hashlib.sha256(content).hexdigest() for content in whole]
    assert [line.split()[0] for line in (tmp_path / "heartbeat").read_text().splitlines()] == sums
    assert (tmp_path / "heartbeat").stat().st_mtime > time.time() + 1000


@pytest.mark.parametrize(
    ("step", "uploads", "system", "waits"),
    [
        ("inactive", "active", "running", True),
        ("inactive", "inactive", "running", False),
        ("inactive", "inactive", "degraded", False),
        ("inactive", "inactive", "initializing", True),
        ("inactive", "inactive", "starting", True),
        ("active", "active", "starting", False),
        ("", "active", "running", False),
    ],
)
def test_who_collects_what_a_crash_has_cut_off_waits_for_its_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, uploads: str, system: str, waits: bool
) -> None:
    directory = tmp_path / "runs/r1/1"
    directory.mkdir(parents=True)
    for name in ("build.status", "benchmark.log", "activity"):
        (directory / name).write_text("some")
    beat = directory.parent / "heartbeat"
    beat.touch()
    for name, does in (
        (
            "systemctl",
            f"case $* in *r1-1-run.*) echo {step} ;; *' benchmarks-r1-1-results.'*) echo {uploads} ;; "
            f"is-system-running) echo {system} ;; esac",
        ),
        # What uploads has come to it meanwhile.
        ("sleep", f"echo cut >{directory}/run.status"),
    ):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.defpath}")
    assert found(directory) == ["benchmark.log", "activity"]
    ended = b"some" + (b"cut\n" if waits else b"") + b"some"
    assert beat.read_text().split()[0] == hashlib.sha256(ended).hexdigest()


def test_an_archive_without_an_end_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt_files, "LARGEST_ARCHIVE", 512)
    (tmp_path / "criterion").mkdir()
    (tmp_path / "criterion/noise").write_bytes(os.urandom(100_000))
    assert subprocess.run(attempt_files.pack_command(str(tmp_path)), check=False, capture_output=True).returncode
    assert (tmp_path / "criterion.tar.gz").stat().st_size <= 1024
