"""The tasks of those who work on this project: what they write, and how they end."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, NoReturn

import pytest
from invoke.context import Context
from invoke.exceptions import Exit

from benchmarks import bootstrap
from benchmarks.cli import developer_programs, developer_tasks
from benchmarks.errors import RefusedError
from benchmarks.pages import parameter_page, role_pages
from tests.support import documented_policies


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose packages were installed, in a place that has all programs."""
    files: list[str] = []
    monkeypatch.setattr(bootstrap, "ensure", files.append)
    monkeypatch.setattr(developer_programs, "install", lambda: None)
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


class Beside:
    """A process that is started beside others."""

    started: ClassVar[list[str]] = []
    done: ClassVar[list[str]] = []

    def __init__(self, argv: list[str], **_: Any) -> None:
        self.started.append(argv[-1])

    def terminate(self) -> None:
        self.done.append("ended")

    def wait(self) -> int:
        self.done.append("waited for")
        return 0


def test_what_runs_beside_a_check_that_fails_is_ended(installed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1))
    monkeypatch.setattr(subprocess, "Popen", Beside)
    monkeypatch.setattr(Beside, "done", [])
    with pytest.raises(Exit):
        developer_tasks.test(Context())
    assert Beside.started[-1] == "tests.support.preparation"
    assert Beside.done == ["ended", "waited for"]


def test_policies_are_checked_against_the_calls_of_the_whole_suite(
    installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[list[str], str | None]] = []

    def run(argv: list[str], env: Mapping[str, str], **_: Any) -> SimpleNamespace:
        ran.append((argv, env.get(documented_policies.DIRECTORY)))
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(subprocess, "Popen", Beside)
    developer_tasks.test(Context())
    (tests, directory), (check, _) = ran[-2:]
    assert "tests/integration" in tests
    assert directory
    assert check[1:] == ["-m", "tests.support.documented_policies", directory]


def test_programs_that_cannot_be_installed_end_the_task_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> NoReturn:
        raise RefusedError("Install what the tests call.")

    monkeypatch.setattr(developer_programs, "install", refuse)
    with pytest.raises(Exit) as ended:
        developer_tasks.lint(Context())
    assert (ended.value.code, ended.value.message) == (2, "Install what the tests call.")


def test_packages_that_cannot_be_installed_end_the_task_with_the_reason(
    installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_requirements: str) -> NoReturn:
        raise bootstrap.SetupError("No network.")

    monkeypatch.setattr(bootstrap, "ensure", fail)
    with pytest.raises(Exit) as ended:
        developer_tasks.perf(Context())
    assert (ended.value.code, ended.value.message) == (2, "No network.")
