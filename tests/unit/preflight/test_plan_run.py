"""The action that plans a run, as far as it changes what the run's records say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.runs import attempts, before_plan, failures, parameters_file, record_files, run_over
from benchmarks.runs.records import Attempt, HostAttempt, Preflight, Terminated
from tests.support import actions, records
from tests.support.aws_fakes import FakeClient


def plan(directory: Path, *, attaches: bool = True, **parameters: Any) -> None:
    """Plan a run on a machine of the user's own, for which no AWS is needed, for who comes back to it."""
    answer = actions.run(
        "plan_run",
        parameters={"region": None, "dry_run": False, "host": "me@box", **parameters},
        run_dir=str(directory),
        crates_index="https://index.crates.io",
        dist_server="https://static.rust-lang.org",
        attaches=attaches,
    )
    assert "failed" not in answer, answer


def test_who_comes_back_loses_nothing_if_the_host_then_refuses(tmp_path: Path) -> None:
    before = records.preflight(launches=(), warnings=("before",))
    record_files.write(tmp_path, before)
    failures.record_failure(tmp_path, "box", "Build", "The build failed.")
    parameters_file.freeze(tmp_path, {"cpu": 1})
    parameters_file.accept(tmp_path)
    parameters_file.freeze(tmp_path, {"cpu": 2})
    plan(tmp_path)
    assert failures.failures(tmp_path) == ()
    before_plan.restore(tmp_path)
    assert [one.sentence for one in failures.failures(tmp_path)] == ["The build failed."]
    assert record_files.read(Preflight, tmp_path) == before
    assert parameters_file.read_parameters(tmp_path) == {"cpu": 1}


@pytest.mark.parametrize("attaches", [True, False])
def test_a_run_that_was_ended_counts_as_ended_as_long_as_it_is_only_planned(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, attaches: bool
) -> None:
    made = records.preflight(launches=(records.launch_plan(),))
    monkeypatch.setattr("benchmarks.preflight.run_plan.come_back", lambda *_: made)
    monkeypatch.setattr("benchmarks.preflight.run_plan.make", lambda *_: made)
    monkeypatch.setattr("benchmarks.preflight.screen.of_plan", lambda *_: "")
    record_files.write(tmp_path, Terminated())
    plan(tmp_path, attaches=attaches)
    assert run_over.was_ended(tmp_path)


def test_what_is_brought_back_of_a_host_that_is_gone_is_what_was_asked_for_and_no_earlier_failure_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = records.preflight(
        gone=(1,), measured=(HostAttempt(host="i-1", attempt=2), HostAttempt(host="i-1", attempt=1))
    )
    for number in (1, 2):
        digest = "asked" if number == 1 else "earlier"
        attempts.write(tmp_path / "i-1", Attempt(number=number, suite=records.suite(), suite_digest=digest))
    monkeypatch.setattr("benchmarks.preflight.run_plan.come_back", lambda *_: made)
    monkeypatch.setattr("benchmarks.preflight.screen.of_plan", lambda *_: "")
    monkeypatch.setattr("benchmarks.launch.termination.note_gone", lambda *_: None)
    monkeypatch.setattr("benchmarks.aws.session.connector", lambda _: lambda _: None)
    for stage in ("benchmark", "report", "publish", "terminate"):
        failures.record_failure(tmp_path, "i-1", stage, f"{stage} failed.", stage=stage)
    plan(tmp_path)
    assert [one.stage for one in failures.failures(tmp_path)] == ["benchmark"]
    assert attempts.current(tmp_path / "i-1") == 1


def test_a_host_of_several_that_is_gone_with_nothing_to_be_brought_back_has_failed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    launches = (records.launch_plan(host=1), records.launch_plan(host=2))
    made = records.preflight(launches=launches, gone=(2,), existing=("i-1",))
    record_files.write(tmp_path, records.instances("i-1", "i-2"))
    ec2 = FakeClient(describe_instances={"Reservations": []})
    monkeypatch.setattr("benchmarks.preflight.run_plan.come_back", lambda *_: made)
    monkeypatch.setattr("benchmarks.preflight.screen.of_plan", lambda *_: "")
    monkeypatch.setattr("benchmarks.aws.session.connector", lambda _: lambda _: ec2)
    plan(tmp_path)
    assert [(one.host, one.attempt) for one in failures.failures(tmp_path)] == [("i-2", 1)]
