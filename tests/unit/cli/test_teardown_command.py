"""bench.teardown: who is asked, and what then happens."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.account import removal
from benchmarks.account.remains import Remains
from benchmarks.cli import teardown_command
from benchmarks.errors import FailedError
from benchmarks.playbook import runner
from benchmarks.runs import agreement, record_files
from tests.support.torn_down_account import PLACE, SET_UP


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A terminal; the questions that were asked there."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    return []


class Playbooks:
    """Runs of the playbook, each with what it was given; each finds the same."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.directory = directory
        self.found = SET_UP
        self.given: list[dict[str, Any]] = []
        self.told: list[Any] = []
        monkeypatch.setattr(runner, "prepare", self._prepare)
        monkeypatch.setattr(runner, "run", lambda _job, told=None: self.told.append(told))

    def _prepare(self, playbook: str, values: dict[str, Any]) -> Any:
        assert playbook == "teardown"
        self.given.append(values)
        record_files.write(self.directory, removal.plan(PLACE, self.found))
        return SimpleNamespace(directory=self.directory, run_id="r1")


@pytest.fixture
def playbooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Playbooks:
    return Playbooks(tmp_path, monkeypatch)


def answer(monkeypatch: pytest.MonkeyPatch, text: str | None, asked: list[str]) -> None:
    def ask(question: str) -> str:
        asked.append(question)
        if text is None:
            raise EOFError
        return text

    monkeypatch.setattr("builtins.input", ask)


@pytest.mark.parametrize("text", ["y", "Y", " yes "])
def test_who_agrees_removes_what_was_listed(
    playbooks: Playbooks, asked: list[str], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    answer(monkeypatch, text, asked)
    teardown_command.run({"bucket": "mine"})
    assert asked == ["Remove these? [y/N] "]
    assert playbooks.given == [{"bucket": "mine"}, {"bucket": "mine", "run_id": "r1", "yes": True}]
    assert playbooks.told == [agreement.ASKING, agreement.agreed(removal.plan(PLACE, SET_UP))]


@pytest.mark.parametrize("text", ["", "n", "no", "remove", None])
def test_anything_else_is_a_no(
    playbooks: Playbooks, asked: list[str], monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    answer(monkeypatch, text, asked)
    with pytest.raises(FailedError, match=r"^Nothing was removed\.$"):
        teardown_command.run({})
    assert playbooks.given == [{}]


def test_yes_asks_nobody(playbooks: Playbooks, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "n", asked)
    teardown_command.run({"yes": True})
    assert (asked, playbooks.given) == ([], [{"yes": True}])


def test_nobody_is_asked_about_nothing(playbooks: Playbooks, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "y", asked)
    playbooks.found = Remains()
    teardown_command.run({})
    assert (asked, playbooks.given) == ([], [{}])


def test_without_a_terminal_nothing_is_removed(playbooks: Playbooks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: False))
    with pytest.raises(FailedError, match="Nothing was removed, since there is no terminal to ask at: give --yes"):
        teardown_command.run({})
    assert playbooks.given == [{}]
