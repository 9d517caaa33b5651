"""What a run's records said before it was planned again."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.runs import before_plan, failures, parameters_file, record_files
from benchmarks.runs.records import Preflight
from tests.support import records

BEFORE, AFTER = records.preflight(warnings=("before",)), records.preflight(warnings=("after",))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run that was planned and has failed, and for which something else is asked."""
    record_files.write(tmp_path, BEFORE)
    parameters_file.freeze(tmp_path, {"cpu": 1})
    parameters_file.accept(tmp_path)
    failures.record_failure(tmp_path, "i-1", "Build", "The build failed.")
    parameters_file.freeze(tmp_path, {"cpu": 2})
    return tmp_path


def plan(run: Path) -> None:
    """As the module plan_run does."""
    before_plan.keep(run)
    failures.forget_failures(run)
    record_files.write(run, AFTER)
    parameters_file.accept(run)


def said(run: Path) -> tuple[object, ...]:
    sentences = [one.sentence for one in failures.failures(run)]
    return record_files.read(Preflight, run), parameters_file.read_parameters(run), sentences


def test_plan_parameters_and_failures_are_restored_however_many_hosts_refuse(run: Path) -> None:
    plan(run)
    assert said(run) == (AFTER, {"cpu": 2}, [])
    failures.record_failure(run, "i-2", "Ask", "It does not answer.")
    for _ in range(2):
        before_plan.restore(run)
        assert said(run) == (BEFORE, {"cpu": 1}, ["The build failed.", "It does not answer."])


def test_of_what_was_not_there_nothing_is_left(tmp_path: Path) -> None:
    parameters_file.freeze(tmp_path, {"cpu": 1})
    plan(tmp_path)
    before_plan.restore(tmp_path)
    assert not (tmp_path / "preflight.json").exists()
    assert not (tmp_path / parameters_file.PARAMETERS).exists()


def test_nothing_is_restored_once_another_request_begins(run: Path) -> None:
    plan(run)
    before_plan.drop(run)
    before_plan.restore(run)
    assert said(run) == (AFTER, {"cpu": 2}, [])


def test_what_an_earlier_call_has_left_half_done_is_replaced(run: Path) -> None:
    (run / ".before-plan").mkdir()
    (run / ".before-plan.part").mkdir()
    (run / ".before-plan.part/preflight.json").write_text("{")
    plan(run)
    before_plan.restore(run)
    assert said(run)[0] == BEFORE
