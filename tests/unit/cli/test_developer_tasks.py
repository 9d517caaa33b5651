"""The tasks of those who work on this project: what they write, and how they end."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from invoke.context import Context
from invoke.exceptions import Exit

from benchmarks import bootstrap
from benchmarks.cli import developer_tasks
from benchmarks.pages import parameter_page, role_pages


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose packages were installed, in a place that has all programs."""
    files: list[str] = []
    monkeypatch.setattr(bootstrap, "ensure", files.append)
    monkeypatch.setattr(shutil, "which", lambda program, **_: f"/usr/bin/{program}")
    return files


def test_pages_are_written_where_they_belong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    role = role_pages.roles()[0]
    monkeypatch.setattr(parameter_page, "PATH", tmp_path / "parameters.md")
    monkeypatch.setattr(role_pages, "roles", lambda: [role])
    monkeypatch.setattr(role_pages, "readme", lambda name: tmp_path / f"{name}.md")
    developer_tasks.generate(Context())
    assert (tmp_path / "parameters.md").read_text() == parameter_page.page()
    assert (tmp_path / f"{role}.md").read_text() == role_pages.page(role)


def test_the_first_check_that_finds_something_ends_the_task_with_its_exit_code(
    installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []

    def run(argv: list[str], **_: Any) -> SimpleNamespace:
        ran.append(argv)
        return SimpleNamespace(returncode=3 if argv[1:] == ["format", "--check", "."] else 0)

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(Exit) as ended:
        developer_tasks.lint(Context())
    assert (ended.value.code, ended.value.message) == (3, "ruff found problems.")
    assert [argv[1:] for argv in ran] == [["check", "."], ["format", "--check", "."]]
    assert "requirements-dev.txt" in installed


def test_programs_that_are_missing_and_cannot_be_installed_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = ("zsh", "apt-get")
    monkeypatch.setattr(shutil, "which", lambda program, **_: None if program in missing else f"/bin/{program}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(Exit) as ended:
        developer_tasks.lint(Context())
    assert ended.value.code == 2
    assert ended.value.message == "Install what the tests call, then run this again: zsh"


def test_packages_that_cannot_be_installed_end_the_task_with_the_reason(
    installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_requirements: str) -> NoReturn:
        raise bootstrap.SetupError("No network.")

    monkeypatch.setattr(bootstrap, "ensure", fail)
    with pytest.raises(Exit) as ended:
        developer_tasks.perf(Context())
    assert (ended.value.code, ended.value.message) == (2, "No network.")
