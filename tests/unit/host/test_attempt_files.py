"""What is fetched of an attempt, and how Criterion's directory is packed."""

from __future__ import annotations

import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from benchmarks.host import attempt_files


def found(directory: Path) -> list[str]:
    command = attempt_files.found_command(str(directory))
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def test_what_has_something_in_it_is_found_and_an_empty_list_of_services(tmp_path: Path) -> None:
    (tmp_path / "criterion").mkdir()
    for name in ("benchmark.log", "activity", "stopped-services"):
        (tmp_path / name).touch()
    assert found(tmp_path) == ["stopped-services"]
    (tmp_path / "criterion/tiny").mkdir()
    for name in ("benchmark.log", "activity"):
        (tmp_path / name).write_text("x")
    assert found(tmp_path) == ["benchmark.log", "activity", "stopped-services", "criterion"]


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


def test_an_archive_without_an_end_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt_files, "LARGEST_ARCHIVE", 512)
    (tmp_path / "criterion").mkdir()
    (tmp_path / "criterion/noise").write_bytes(os.urandom(100_000))
    assert subprocess.run(attempt_files.pack_command(str(tmp_path)), check=False, capture_output=True).returncode
    assert (tmp_path / "criterion.tar.gz").stat().st_size <= 1024
