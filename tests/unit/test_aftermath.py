"""What is said and done after a playbook that has not ended well."""

from __future__ import annotations

import io
import signal
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import aftermath, aws, stages
from tests.unit.aws_fakes import aws_error
from tests.unit.test_ending import Account

NOTHING = stages.Reached(frozenset(), frozenset())
CHECKED = stages.Reached(frozenset({"preflight"}), frozenset({"preflight"}))
STARTED = stages.Reached(frozenset({"preflight", "terminate"}), frozenset({"preflight"}))
LIVES = (
    "i-1 (c7i.2xlarge) still runs: it costs $0.357 an hour and switches itself off at about 12:15 UTC on 2026-05-19.\n"
    "To end what is left: ./inv bench.terminate --run-id r1 --region eu-central-1 --runs-dir {runs}\n"
)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    account = Account("i-1")
    monkeypatch.setattr(aws, "connector", lambda _region: lambda _service: account.client)
    return account


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), highlight=False, markup=False)


def told(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("reached", [NOTHING, CHECKED, STARTED])
def test_ending_that_is_interrupted_tells_what_still_runs(
    account: Account, console: Console, tmp_path: Path, reached: stages.Reached
) -> None:
    aftermath.AfterEnding("r1", tmp_path / "r1", "eu-central-1", console).of_signal(reached)
    assert told(console) == LIVES.format(runs=tmp_path)
    assert account.ids == {"i-1"}


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(("code", "said"), [(-signal.SIGKILL, LIVES), (2, "")])
def test_ending_tells_what_still_runs_where_ansible_was_killed_and_has_not_said_it(
    console: Console, tmp_path: Path, code: int, said: str
) -> None:
    after = aftermath.AfterEnding("r1", tmp_path / "r1", "eu-central-1", console)
    assert after.of_failure(code, CHECKED) == "Nothing was ended."
    assert told(console) == said.format(runs=tmp_path)
    assert after.of_failure(2, STARTED) == "Ending the run r1 failed."


def test_ending_that_is_interrupted_says_where_aws_cannot_be_asked(
    account: Account, console: Console, tmp_path: Path
) -> None:
    account.client.answers["describe_instances"] = aws_error("ExpiredToken", operation="DescribeInstances")
    aftermath.AfterEnding("r1", tmp_path / "r1", "eu-central-1", console).of_signal(STARTED)
    assert "Whether instances of the run are left is not known: ./inv bench.terminate --run-id r1" in told(console)


def test_setting_up_that_is_interrupted_says_nothing_of_a_run(console: Console) -> None:
    after = aftermath.AfterSetup(console)
    after.of_signal(CHECKED)
    after.of_signal(STARTED)
    assert told(console) == "Nothing was created.\nWhat was created stays; the same command creates the rest.\n"
    assert after.of_failure(2, CHECKED) == "Nothing was created."
