"""Requests that come to nothing before a playbook is started."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, NoReturn, Self

import pytest

from benchmarks.errors import FailedError, RefusedError
from benchmarks.playbook import runner, stages
from benchmarks.playbook.command_line import Command
from benchmarks.playbook.signals import SignalError
from benchmarks.runs import parameters_file
from tests.support.events import read


def asked(runs_dir: Path, **more: Any) -> dict[str, Any]:
    return {"run_id": "a1", "runs_dir": str(runs_dir), "instance_type": "c7i.large", "region": "us-east-1", **more}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("begun", [False, True])
def test_a_signal_before_the_playbook_leaves_all_as_it_was(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    number: signal.Signals,
    code: int,
    begun: bool,
) -> None:
    if begun:
        (tmp_path / "a1").mkdir()
        (tmp_path / "a1" / parameters_file.REQUEST).write_text("instance_type: m7i.large\n")
    write = parameters_file.Request.write

    def written(request: parameters_file.Request, values: Mapping[str, object]) -> NoReturn:
        write(request, values)
        os.kill(os.getpid(), number)
        raise AssertionError("the signal did not arrive")

    monkeypatch.setattr(parameters_file.Request, "write", written)
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        with pytest.raises(SystemExit) as ended:
            runner.prepare("benchmark", asked(tmp_path))
    finally:
        signal.signal(signal.SIGHUP, before)

    assert ended.value.code == code
    assert f"{number.name}: stopping …\nNothing has been launched.\n" in capfd.readouterr().err
    assert (tmp_path / "a1").exists() == begun
    if begun:
        assert (tmp_path / "a1" / parameters_file.REQUEST).read_text() == "instance_type: m7i.large\n"


def test_ending_a_run_takes_back_nothing_of_a_request_that_another_process_is_at(
    tmp_path: Path,
) -> None:
    parameters_file.freeze(tmp_path / "a1", {"instance_type": "m7i.large"})
    parameters_file.freeze(tmp_path / "a1", {"instance_type": "c7i.large"})
    job = runner.prepare("terminate", {"run_id": "a1", "runs_dir": str(tmp_path), "region": "us-east-1"})
    job.undo()
    assert (tmp_path / "a1" / parameters_file.PARAMETERS).read_text() == "instance_type: c7i.large\n"


def test_ending_a_run_removes_no_directory_that_another_process_makes_meanwhile(tmp_path: Path) -> None:
    job = runner.prepare("terminate", {"run_id": "a1", "runs_dir": str(tmp_path), "region": "us-east-1"})
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "a1").mkdir()
    job.undo()
    assert (tmp_path / "a1").exists()


class Playing:
    """A playbook that ends at once, having looked."""

    reached = stages.NOTHING
    commands: ClassVar[list[Command]] = []

    def __init__(self, command: Command) -> None:
        self.commands.append(command)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def wait(self) -> int:
        return 2


@pytest.mark.parametrize("answered", [True, False])
def test_an_answer_of_no_is_told_from_a_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answered: bool
) -> None:
    monkeypatch.setattr(Playing, "reached", replace(stages.NOTHING, answered_no=answered))
    monkeypatch.setattr(Playing, "commands", [])
    monkeypatch.setattr("benchmarks.playbook.playbook_process.Playing", Playing)
    job = runner.prepare("setup", {"region": "eu-central-1", "runs_dir": str(tmp_path)})
    with pytest.raises(RefusedError) as caught:
        runner.run(job, {"TOLD": "1"})
    assert isinstance(caught.value, runner.AnsweredNoError) is answered
    (command,) = Playing.commands
    assert command.environment == {**job.command.environment, "TOLD": "1"}


@pytest.mark.parametrize("ended", [0, 2, signal.SIGTERM])
def test_the_end_of_a_run_and_a_signal_are_among_its_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: int
) -> None:
    def wait(_: object) -> int:
        if isinstance(ended, signal.Signals):
            raise SignalError(ended)
        return ended

    monkeypatch.setattr(Playing, "wait", wait)
    monkeypatch.setattr(Playing, "reached", replace(stages.NOTHING, begun=frozenset({"launch"}), ended_by_itself=True))
    monkeypatch.setattr("benchmarks.playbook.playbook_process.Playing", Playing)
    job = runner.prepare("benchmark", {"host": "me@192.0.2.7", "runs_dir": str(tmp_path), "run_id": "a1"})
    assert job.lock
    with suppress(FailedError, SystemExit):
        runner.run(job)
    job.lock.release()
    told = [(event["event"], event.get("exit_code", event.get("signal"))) for event in read(tmp_path / "a1")]
    end: dict[int, list[tuple[str, Any]]] = {
        0: [("run-ended", 0)],
        2: [("run-ended", 1)],
        signal.SIGTERM: [("signal", "SIGTERM"), ("run-ended", 143)],
    }
    assert told == end[ended]
