"""Requests that come to nothing before a playbook is started."""

from __future__ import annotations

import io
import json
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, NoReturn, Self

import pytest
from rich.console import Console

from benchmarks.errors import FailedError, RefusedError
from benchmarks.playbook import cleanup, runner, stages, unmounted
from benchmarks.playbook.command_line import Command
from benchmarks.playbook.signals import LeftError, SignalError
from benchmarks.runs import before_plan, failures, parameters_file, run_layout
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


def test_a_request_that_comes_to_nothing_leaves_the_run_as_it_was(tmp_path: Path) -> None:
    run = tmp_path / "a1"
    failures.record_failure(run, "box", "Build", "The build failed.")
    # An earlier request has come to its end.
    before_plan.keep(run)
    failures.forget_failures(run)
    failures.record_failure(run, "box", "Measure", "The benchmark failed.")
    job = runner.prepare("benchmark", {"host": "me@box", "run_id": "a1", "runs_dir": str(tmp_path), "suite": "plonky2"})
    assert job.lock
    job.undo()
    assert [one.sentence for one in failures.failures(run)] == ["The benchmark failed."]
    # As preflight plans, before it asks the host.
    before_plan.keep(run)
    failures.forget_failures(run)
    job.undo()
    job.lock.release()
    assert [one.sentence for one in failures.failures(run)] == ["The benchmark failed."]


def test_the_request_of_a_run_that_was_never_planned_is_not_lost_when_it_is_come_back_to(tmp_path: Path) -> None:
    given = {"run_id": "a1", "runs_dir": str(tmp_path)}
    parameters_file.Request(tmp_path / "a1").write({"host": "me@box", **given})
    run_layout.holder(tmp_path / "a1", run_layout.WRAPPER).write_text("{}")
    for _ in range(2):
        job = runner.prepare("benchmark", given)
        assert job.lock
        job.lock.release()
        assert parameters_file.read_request(tmp_path / "a1") == {"host": "me@box", **given}


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


class Measuring:
    """A playbook whose host measures until a signal comes: the first of `signals`; the others come when it is ended."""

    reached = replace(stages.NOTHING, begun=frozenset({"launch"}), hosts=stages.Hosts(measures=frozenset({"i-1"})))
    is_running = True
    signals: ClassVar[list[signal.Signals]] = []

    def __init__(self, command: Command) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for number in self.signals[1:]:
            signal.raise_signal(number)

    def wait(self) -> int:
        signal.raise_signal(self.signals[0])
        return 0


class After:
    """What was done after a playbook."""

    interrupted = "ending the run"
    console = Console(file=io.StringIO())

    def __init__(self) -> None:
        self.done: list[str] = []

    def of_failure(self, code: int, reached: stages.Reached) -> str:
        self.done.append("of failure")
        return ""

    def of_signal(self, reached: stages.Reached) -> None:
        self.done.append("of signal")

    def of_leaving(self, reached: stages.Reached) -> None:
        self.done.append("of leaving")

    def of_left(self, reached: stages.Reached) -> None:
        self.done.append("of left")


def leave(after: After) -> list[Callable[[stages.Reached], None]]:
    return [after.of_leaving, after.of_left]


@pytest.mark.parametrize(
    ("sent", "code", "done"),
    [
        ([signal.SIGINT], 130, ["of leaving", "of left"]),
        ([signal.SIGHUP], 129, ["of leaving", "of left"]),
        ([signal.SIGINT, signal.SIGHUP], 130, ["of leaving", "of left"]),
        ([signal.SIGINT, signal.SIGINT], 130, ["of signal"]),
        ([signal.SIGHUP, signal.SIGTERM], 143, ["of signal"]),
        ([signal.SIGTERM], 143, ["of signal"]),
    ],
)
def test_a_run_that_measures_is_left_by_the_first_ctrl_c_and_ended_by_the_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: list[signal.Signals], code: int, done: list[str]
) -> None:
    monkeypatch.setattr(Measuring, "signals", sent)
    monkeypatch.setattr("benchmarks.playbook.playbook_process.Playing", Measuring)
    monkeypatch.setattr("benchmarks.playbook.signals._is_at_terminal", lambda: True)
    monkeypatch.setattr("benchmarks.playbook.signals.SECOND", 0.1)
    after = After()
    job = runner.Job("a1", tmp_path, Command((), {}), lambda: None, after, None, False, leave=leave(after))
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        with pytest.raises(SystemExit) as ended:
            runner.run(job)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert ended.value.code == code
    assert after.done == done
    # Of a run that goes on there is nothing to sum up yet, and it has not failed.
    assert isinstance(ended.value, LeftError) == (done[0] == "of leaving")


def test_a_run_that_measures_what_would_be_lost_if_it_were_left_is_ended_by_the_first_ctrl_c(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Measuring, "signals", [signal.SIGINT])
    monkeypatch.setattr("benchmarks.playbook.playbook_process.Playing", Measuring)
    monkeypatch.setattr("benchmarks.playbook.signals._is_at_terminal", lambda: True)
    after = After()
    job = runner.Job("a1", tmp_path, Command((), {}), lambda: None, after, None, False, leave=leave(after))
    with pytest.raises(SystemExit) as ended:
        runner.run(replace(job, may_leave=lambda: False))
    assert (ended.value.code, after.done) == (130, ["of signal"])


@pytest.mark.parametrize(
    ("more", "warns"),
    [({}, True), ({"dry_run": True}, False), ({"instance_type": None, "cpu": 2}, False)],
    ids=["runs", "is dry", "lists types"],
)
def test_it_is_said_before_a_run_that_its_directory_goes_with_the_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any], warns: bool
) -> None:
    values = {name: value for name, value in {**asked(tmp_path), **more}.items() if value is not None}
    assert not runner.prepare("benchmark", values).warning
    monkeypatch.setattr("benchmarks.playbook.unmounted.is_unmounted", lambda _: True)
    job = runner.prepare("benchmark", {**values, "run_id": "a2"})
    assert job.warning == (unmounted.warning(tmp_path) if warns else "")


def test_what_is_said_before_a_run_is_said_again_when_it_was_left_as_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Measuring, "wait", lambda _: 0)
    monkeypatch.setattr(Measuring, "reached", replace(Measuring.reached, hosts=stages.Hosts(left=frozenset({"i-1"}))))
    monkeypatch.setattr("benchmarks.playbook.playbook_process.Playing", Measuring)
    after = After()
    said = io.StringIO()
    monkeypatch.setattr(after, "console", Console(file=said))
    runner.run(runner.Job("a1", tmp_path, Command((), {}), lambda: None, after, None, False, warning="It is gone."))
    assert said.getvalue().count("It is gone.\n") == 2


@pytest.mark.parametrize(
    ("number", "code", "done"),
    [
        # What AWS says of the instances is not waited for any more.
        (signal.SIGINT, 130, ["of leaving"]),
        (signal.SIGTERM, 143, ["of leaving", "of signal"]),
    ],
)
@pytest.mark.parametrize("early", [True, False], ids=["while the playbook is ended", "while AWS is asked"])
def test_ctrl_c_long_after_the_first_one_ends_nothing_but_this_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, code: int, done: list[str], early: bool
) -> None:
    after = After()

    def asked(reached: stages.Reached) -> None:
        signal.raise_signal(number)
        raise AssertionError("it goes on asking")

    monkeypatch.setattr(after, "of_left", asked)
    monkeypatch.setattr(Measuring, "signals", [signal.SIGINT, *([number] if early else [])])
    monkeypatch.setattr("benchmarks.playbook.playbook_process.Playing", Measuring)
    monkeypatch.setattr("benchmarks.playbook.signals._is_at_terminal", lambda: True)
    monkeypatch.setattr("benchmarks.playbook.signals.SECOND", -1.0)
    job = runner.Job("a1", tmp_path, Command((), {}), lambda: None, after, None, False, leave=leave(after))
    with pytest.raises(SystemExit) as ended:
        runner.run(job)
    assert ended.value.code == code
    assert after.done == (done[-1:] if early else done)
    assert isinstance(ended.value, LeftError) == (number == signal.SIGINT)


@pytest.mark.parametrize("left", [frozenset({"i-1"}), frozenset()])
def test_whether_a_run_has_come_to_its_end_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: frozenset[str]
) -> None:
    monkeypatch.setattr(Measuring, "wait", lambda _: 0)
    monkeypatch.setattr(Measuring, "signals", [])
    monkeypatch.setattr(Measuring, "reached", replace(Measuring.reached, hosts=stages.Hosts(left=left)))
    monkeypatch.setattr("benchmarks.playbook.playbook_process.Playing", Measuring)
    job = runner.Job("a1", tmp_path, Command((), {}), lambda: None, After(), None, False)
    assert runner.run(job) is not bool(left)


def test_what_finishes_a_run_that_was_to_be_left_does_not_leave_it(tmp_path: Path) -> None:
    job = runner.prepare("benchmark", asked(tmp_path, detach=True))
    assert isinstance(job.after, cleanup.BenchmarkCleanup)
    (given,) = (json.loads(word) for word in job.after.finish.argv if word.startswith("{"))
    assert (given["run_id"], "detach" in given) == ("a1", False)
