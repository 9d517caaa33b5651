"""What bench and bench.attach show at the end, and when they show nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from invoke.program import Program

import tasks
from benchmarks.cli import bench_command, invoke_parser, summary
from benchmarks.errors import FailedError, RefusedError
from benchmarks.playbook import runner, signals
from benchmarks.runs import failures, record_files, run_over
from tests.support import recorded_runs, records


class Job:
    """A job that ends as it is told to; what it was made of is noted."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, directory: Path, end: BaseException | None, *, is_over: bool = True
    ) -> None:
        self.asked: list[Any] = []
        self.directory = directory

        def run(job: Any) -> bool:
            if end:
                raise end
            return is_over

        monkeypatch.setattr(runner, "prepare", self.prepare)
        monkeypatch.setattr(runner, "run", run)

    def prepare(self, playbook: str, values: Any) -> Job:
        self.asked.append((playbook, values))
        return self


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return recorded_runs.measured(tmp_path, "r1")


@pytest.mark.parametrize("end", [None, FailedError("No."), SystemExit(143)])
def test_a_run_that_has_ended_here_is_summed_up(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], end: BaseException | None
) -> None:
    job = Job(monkeypatch, directory, end)
    if end:
        with pytest.raises(type(end)):
            bench_command.run({"instance_type": "c7i.large"})
    else:
        bench_command.run({"instance_type": "c7i.large"})
    assert job.asked == [("benchmark", {"instance_type": "c7i.large"})]
    assert "Measured  1 benchmark\n" in capsys.readouterr().out


@pytest.mark.parametrize("end", [signals.LeftError(130), RefusedError("No.")])
def test_a_run_that_goes_on_or_never_began_is_not_summed_up(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], end: BaseException
) -> None:
    Job(monkeypatch, directory, end)
    with pytest.raises(type(end)):
        bench_command.run({"instance_type": "c7i.large"})
    assert capsys.readouterr().out == ""


def test_a_run_that_was_to_be_left_is_not_summed_up(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Job(monkeypatch, directory, None, is_over=False)
    bench_command.run({"instance_type": "c7i.large", "detach": True})
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("word", ["latest", "r1", "r"])
def test_a_run_is_come_back_to_by_a_word_for_it_and_with_nothing_of_what_to_measure(
    directory: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    job = Job(monkeypatch, directory, None)
    bench_command.attach({"run_id": word, "runs_dir": str(directory.parent), "tail": True})
    assert job.asked == [("benchmark", {"run_id": "r1", "runs_dir": str(directory.parent), "tail": True})]


def test_a_run_that_is_over_is_shown_and_ends_as_it_did(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    job = Job(monkeypatch, directory, None)
    monkeypatch.setattr(run_over, "is_over", lambda _: True)
    given = {"run_id": "latest", "runs_dir": str(directory.parent)}
    bench_command.attach(given)
    shown = capsys.readouterr()
    assert shown.err == "The run r1 is over.\n"
    assert "Measured  1 benchmark\n" in shown.out
    failures.record_failure(directory, "i-1", "Build", "The build failed.\nerror: x")
    with pytest.raises(FailedError, match=r"^The build failed\.$"):
        bench_command.attach(given)
    assert job.asked == []


def test_a_run_of_several_hosts_that_is_over_ends_with_how_many_failed_and_shows_why(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Job(monkeypatch, directory, None)
    monkeypatch.setattr(run_over, "is_over", lambda _: True)
    launches = tuple(records.launch_plan(host=number) for number in (1, 2))
    record_files.write(directory, records.preflight(launches=launches))
    record_files.write(directory, records.instances("i-1"))
    failures.record_failure(directory, "host-2", "Launch", "EC2 has no capacity.")
    with pytest.raises(FailedError, match=r"^1 of 2 hosts did not succeed\.$"):
        bench_command.attach({"run_id": "r1", "runs_dir": str(directory.parent)})
    assert "host-2 (c7i.large): EC2 has no capacity.\n" in capsys.readouterr().out


def test_a_run_that_is_not_here_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"^There is no run r2 in .*, where the key to its host would be\."):
        bench_command.attach({"run_id": "r2", "runs_dir": str(tmp_path)})


@pytest.mark.parametrize("words", ["bench.attach r1", "bench.attach --run-id r1", "bench --run-id=r1"])
def test_every_way_to_come_back_to_a_run_is_the_same(
    directory: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    given: list[Any] = []
    monkeypatch.setattr(bench_command, "attach", given.append)
    typed = f"inv {words} -f --runs-dir {directory.parent}".split()
    Program(namespace=tasks.namespace).run(invoke_parser.normalized(typed), exit=False)
    assert given == [{"run_id": "r1", "tail": True, "runs_dir": str(directory.parent)}]


def test_the_summary_knows_what_the_last_lines_say(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(summary, "show", lambda _directory, last="": told.append(last))
    for end in (FailedError("The run failed: It is gone."), SystemExit(143)):
        Job(monkeypatch, directory, end)
        with pytest.raises(type(end)):
            bench_command.run({"instance_type": "c7i.large"})
    monkeypatch.setattr(run_over, "is_over", lambda _: True)
    failures.record_failure(directory, "i-1", "Build", "The build failed.")
    with pytest.raises(FailedError):
        bench_command.attach({"run_id": "r1", "runs_dir": str(directory.parent)})
    assert told == ["The run failed: It is gone.", "", "The build failed."]
