"""bench.setup: what it ends with, and when it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace as changed

from benchmarks.account import survey as account_survey
from benchmarks.cli import setup_command
from benchmarks.errors import FailedError, RefusedError
from benchmarks.playbook.runner import AnsweredNoError
from benchmarks.runs import agreement, record_files
from benchmarks.runs.records import Setup
from tests.support.account_answers import COMPLETE, TARGET

LACKING = account_survey.survey(TARGET, replace(COMPLETE, launch_template=None))


class Playbooks:
    """Stands for the playbooks that are run: how each ends, and what it was given."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.ends: list[Exception | None] = [None]
        self.given: list[dict[str, Any]] = []
        self.told: list[Any] = []

    def prepare(self, _playbook: str, values: dict[str, Any]) -> Any:
        self.given.append(values)
        return SimpleNamespace(directory=self.directory, run_id="r1")

    def run(self, _job: Any, told: Any = None) -> None:
        self.told.append(told)
        if error := self.ends.pop(0):
            raise error

    def leaves(self, setup: Setup) -> None:
        record_files.write(self.directory, setup)


@pytest.fixture
def playbooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Playbooks:
    made = Playbooks(tmp_path)
    monkeypatch.setattr("benchmarks.playbook.runner.prepare", made.prepare)
    monkeypatch.setattr("benchmarks.playbook.runner.run", made.run)
    return made


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Sets what the user types at a terminal, "^D" for the end of the input; None if asking is wrong."""

    def set_answer(said: str | None) -> None:
        def ask(question: str) -> str:
            assert said is not None, "asked"
            assert question == "Create what is missing? [y/N] "
            if said == "^D":
                raise EOFError
            return said

        monkeypatch.setattr("builtins.input", ask)
        monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))

    set_answer(None)
    return set_answer


def setup(**given: Any) -> None:
    setup_command.run({"region": "eu-central-1", **given})


@pytest.mark.usefixtures("answer")
def test_a_ready_account_ends_well_and_nothing_is_asked(playbooks: Playbooks) -> None:
    playbooks.leaves(account_survey.survey(TARGET, COMPLETE))
    setup()
    assert len(playbooks.given) == 1


@pytest.mark.usefixtures("answer")
@pytest.mark.parametrize("error", [FailedError(""), AnsweredNoError("Nothing was created.")])
def test_an_account_that_is_not_ready_ends_with_exit_code_1(playbooks: Playbooks, error: Exception) -> None:
    playbooks.ends = [error]
    with pytest.raises(FailedError) as caught:
        setup()
    assert str(caught.value) == str(error)


@pytest.mark.usefixtures("answer")
def test_a_request_that_is_refused_is_no_answer(playbooks: Playbooks) -> None:
    playbooks.ends = [RefusedError("Nothing was created.")]
    with pytest.raises(RefusedError):
        setup()


@pytest.mark.parametrize("end", [FailedError(""), None])
def test_what_is_missing_is_created_when_the_user_agrees(
    playbooks: Playbooks, answer: Callable[[str | None], None], end: Exception | None
) -> None:
    playbooks.ends = [end, None]
    playbooks.leaves(LACKING)
    answer("y")
    setup(no_instance_profile=True)
    first, second = playbooks.given
    known = {"allow_from": TARGET.allow_from, "run_id": "r1", "yes": True}
    assert second == {**first, **known}
    assert playbooks.told == [agreement.ASKING, agreement.agreed(LACKING)]


@pytest.mark.parametrize("said", ["", "n", "^D"])
def test_nothing_is_created_when_the_user_does_not_agree(
    playbooks: Playbooks, answer: Callable[[str | None], None], said: str
) -> None:
    playbooks.ends = [FailedError("")]
    playbooks.leaves(LACKING)
    answer(said)
    with pytest.raises(FailedError, match=r"^Nothing was created\.$"):
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


def test_without_a_terminal_the_playbook_says_how_to_go_on(
    playbooks: Playbooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: False))
    playbooks.ends = [FailedError("")]
    playbooks.leaves(LACKING)
    with pytest.raises(FailedError):
        setup()
    assert playbooks.told == [{}]
