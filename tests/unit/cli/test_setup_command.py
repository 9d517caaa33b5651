"""bench.setup: what it ends with, and when it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from invoke.context import Context
from msgspec.structs import replace as changed
from rich.prompt import Confirm

import tasks
from benchmarks.account import survey as account_survey
from benchmarks.errors import FailedError, RefusedError
from benchmarks.runs import record_files
from benchmarks.runs.records import Setup
from tests.support.account_answers import COMPLETE, TARGET

LACKING = account_survey.survey(TARGET, replace(COMPLETE, launch_template=None))


class Playbooks:
    """Stands for the playbooks that are run: how each ends, and what it was given."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.ends: list[Exception | None] = [None]
        self.given: list[dict[str, Any]] = []

    def prepare(self, _playbook: str, values: dict[str, Any]) -> Any:
        self.given.append(values)
        return SimpleNamespace(directory=self.directory, run_id="r1")

    def run(self, _job: Any) -> None:
        if error := self.ends.pop(0):
            raise error

    def leaves(self, setup: Setup) -> None:
        record_files.write(self.directory, setup)


@pytest.fixture
def playbooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Playbooks:
    made = Playbooks(tmp_path)
    monkeypatch.setattr("tasks.runner", made)
    return made


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool | None], None]:
    """Sets what the user answers at a terminal; None if asking is wrong."""

    def set_answer(said: bool | None) -> None:
        def ask(*_arguments: Any) -> bool:
            assert said is not None, "asked"
            return said

        monkeypatch.setattr(Confirm, "ask", ask)
        monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))

    set_answer(None)
    return set_answer


def setup(**given: Any) -> None:
    tasks.setup.body(Context(), {"region": "eu-central-1", **given})


@pytest.mark.usefixtures("answer")
def test_a_ready_account_ends_well_and_nothing_is_asked(playbooks: Playbooks) -> None:
    playbooks.leaves(account_survey.survey(TARGET, COMPLETE))
    setup()
    assert len(playbooks.given) == 1


@pytest.mark.usefixtures("answer")
@pytest.mark.parametrize("error", [FailedError(""), RefusedError("Nothing was created.")])
def test_an_account_that_is_not_ready_ends_with_exit_code_1(playbooks: Playbooks, error: Exception) -> None:
    playbooks.ends = [error]
    with pytest.raises(FailedError) as caught:
        setup()
    assert str(caught.value) == str(error)


def test_what_is_missing_is_created_when_the_user_agrees(
    playbooks: Playbooks, answer: Callable[[bool | None], None]
) -> None:
    playbooks.ends = [FailedError(""), None]
    playbooks.leaves(LACKING)
    answer(True)
    setup(no_instance_profile=True)
    first, second = playbooks.given
    known = {"allow_from": TARGET.allow_from, "run_id": "r1", "yes": True}
    assert second == {**first, **known}


def test_nothing_is_created_when_the_user_does_not_agree(
    playbooks: Playbooks, answer: Callable[[bool | None], None]
) -> None:
    playbooks.ends = [FailedError("")]
    playbooks.leaves(LACKING)
    answer(False)
    with pytest.raises(FailedError):
        setup()
    assert len(playbooks.given) == 1


@pytest.mark.usefixtures("answer")
def test_who_may_not_create_is_not_asked(playbooks: Playbooks) -> None:
    playbooks.ends = [FailedError("")]
    playbooks.leaves(changed(LACKING, can_create=False))
    with pytest.raises(FailedError):
        setup()


@pytest.mark.usefixtures("answer")
def test_with_yes_a_refusal_stays_one(playbooks: Playbooks) -> None:
    playbooks.ends = [RefusedError("Nothing was created.")]
    with pytest.raises(RefusedError):
        setup(yes=True)
