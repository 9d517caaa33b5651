"""The words for the state of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.run_list import listing, recorded_runs, states
from benchmarks.run_list.asking import Answer, Seen
from benchmarks.runs import failures, locks
from tests.support import listed_runs, result_samples
from tests.support import recorded_runs as made
from tests.support.listed_runs import NOW, REGION


def state(runs_dir: Path, *shapes: dict[str, Any], asked: bool = True, in_s3: bool = False) -> str:
    told = Answer("123456789012", "alice", {REGION: None}) if asked else Answer()
    told = Answer(told.account, told.owner, told.endpoints, tuple(Seen(REGION, one) for one in shapes))
    (run,) = listing.put_together(list(recorded_runs.all_in(runs_dir)), told, NOW, all_owners=False)
    return states.of(run, has_results_in_s3=in_s3)


def fail(run: Path, stage: str) -> None:
    failures.record_failure(run, "i-1", "Task", "It failed.", stage, 1)


def keep(run: Path) -> None:
    (run / "parameters.yml").write_text("keep: true")


ALIVE: dict[str, Callable[[Path], object]] = {
    "detached": lambda runs: listed_runs.launched(runs, "r1", measured=False),
    "left running": lambda runs: listed_runs.launched(runs, "r1"),
    "kept": lambda runs: keep(listed_runs.launched(runs, "r1")),
    "running": lambda _: None,
}


@pytest.mark.parametrize("word", ALIVE)
def test_a_run_whose_instance_lives(tmp_path: Path, word: str) -> None:
    ALIVE[word](tmp_path)
    assert state(tmp_path, listed_runs.shape("r1")) == word
    assert state(tmp_path, listed_runs.shape("r1", state="stopped")) == "stopped"


def test_a_run_that_has_failed_and_whose_instance_was_kept(tmp_path: Path) -> None:
    run = listed_runs.launched(tmp_path, "r1", measured=False)
    keep(run)
    fail(run, "benchmark")
    assert state(tmp_path, listed_runs.shape("r1")) == "kept"


def test_a_run_that_a_process_carries_out_is_told_by_what_it_does(tmp_path: Path) -> None:
    run = listed_runs.launched(tmp_path, "r1", measured=False)
    lock = locks.hold(run, locks.WRAPPER)
    (run / "i-1/ready.json").touch()
    assert state(tmp_path, listed_runs.shape("r1")) == "installing"
    # EC2 need not be asked, nor show what was launched just now.
    assert state(tmp_path) == state(tmp_path, asked=False) == "installing"
    lock.release()


def test_a_run_whose_instance_nobody_was_asked_for_may_run(tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r1")
    assert state(tmp_path, asked=False) == "may run"


OVER: dict[str, Callable[[Path], object]] = {
    "done": lambda runs: listed_runs.launched(runs, "r1", ended=True),
    "not published": lambda runs: fail(listed_runs.launched(runs, "r1", ended=True), "publish"),
    "partial": lambda runs: fail(listed_runs.launched(runs, "r1", ended=True), "benchmark"),
    "failed": lambda runs: fail(listed_runs.launched(runs, "r1", ended=True, measured=False), "benchmark"),
    "interrupted": lambda runs: listed_runs.launched(runs, "r1", ended=True, measured=False),
    "instance gone": lambda runs: listed_runs.launched(runs, "r1", measured=False),
}


@pytest.mark.parametrize("word", OVER)
def test_a_run_that_is_over(tmp_path: Path, word: str) -> None:
    OVER[word](tmp_path)
    assert state(tmp_path) == word


def test_results_that_are_here_count_also_if_the_instance_is_gone(tmp_path: Path) -> None:
    listed_runs.launched(tmp_path, "r1")
    assert state(tmp_path) == "done"


def test_too_few_benchmarks_are_a_part(tmp_path: Path) -> None:
    run = listed_runs.launched(tmp_path, "r1", ended=True)
    made.write(run / "i-1", 1, result_samples.results(result_samples.criterion(), expected=74))
    assert state(tmp_path) == "partial"


def test_results_that_only_s3_has_are_told(tmp_path: Path) -> None:
    run = listed_runs.launched(tmp_path, "r1", measured=False)
    assert state(tmp_path, in_s3=True) == "in S3"
    fail(run, "benchmark")
    assert state(tmp_path, in_s3=True) == "in S3"


def test_a_run_that_is_known_by_its_folder_in_s3_has_results_there_or_none() -> None:
    run = listing.ListedRun("r1")
    assert states.of(run, has_results_in_s3=True) == "in S3"
    assert states.of(run, has_results_in_s3=False) == "no results"


def test_a_machine_of_the_users_own_may_go_on_by_itself(tmp_path: Path) -> None:
    run = made.begin(tmp_path, "r1", launches=())
    assert state(tmp_path) == "interrupted"
    (run / "i-1/1").mkdir()
    (run / "i-1/1/build.json").touch()
    assert state(tmp_path) == "detached"
