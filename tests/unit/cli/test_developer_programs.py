"""Which of the programs on the PATH the tests call, and what happens if one is missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.cli import developer_programs
from benchmarks.errors import RefusedError


def place(directory: Path, program: str, script: str = "exit 0") -> str:
    """The path of a new executable script."""
    directory.mkdir(exist_ok=True)
    path = directory / program
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The two directories of the PATH."""
    directories = tmp_path / "first", tmp_path / "second"
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, directories)))
    return directories


def test_the_first_program_that_can_run_is_found(path: tuple[Path, Path]) -> None:
    first, second = path
    place(first, "cargo", "echo no default toolchain is configured >&2; exit 1")
    cargo = place(second, "cargo", '[ "$*" = --version ]')
    assert developer_programs.find("cargo") == cargo
    assert developer_programs.find("go") is None
    go = place(first, "go", "exit 1")
    assert developer_programs.find("go") == go


def test_nothing_is_installed_if_nothing_is_missing(path: tuple[Path, Path]) -> None:
    for program in developer_programs.PROGRAMS:
        place(path[1], program)
    place(path[0], "apt-get", "exit 1")
    developer_programs.install()


@pytest.mark.parametrize(("user", "apt"), [(0, False), (1000, True)])
def test_what_is_missing_and_cannot_be_installed_is_named(
    path: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, user: int, apt: bool
) -> None:
    for program in set(developer_programs.PROGRAMS) - {"zsh", "cargo"}:
        place(path[0], program)
    if apt:
        place(path[0], "apt-get")
    place(path[0], "cargo", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: user)
    with pytest.raises(RefusedError, match=r"^Install what the tests call, then run this again: cargo, zsh$"):
        developer_programs.install()


def test_what_is_missing_is_installed_by_apt(
    path: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for program in set(developer_programs.PROGRAMS) - {"docker"}:
        place(path[0], program)
    place(path[0], "apt-get", f'printf "%s\\n" "$*" >> "{tmp_path}/calls"')
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    developer_programs.install()
    update, satisfy = (tmp_path / "calls").read_text().splitlines()
    assert update == "update -q"
    assert satisfy.startswith("satisfy ")
    assert satisfy.endswith(" docker-cli | docker.io")


def test_apts_failure_is_told_in_its_own_words(path: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    place(path[0], "apt-get", "echo Unable to fetch some archives >&2; exit 100")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(RefusedError, match=r"^Unable to fetch some archives\napt-get update failed\.$"):
        developer_programs.install()
