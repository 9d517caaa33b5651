"""The module that plans a run, as far as it changes what the run's records say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from benchmarks.paths import ROOT
from benchmarks.runs import before_plan, failures, parameters_file, record_files, run_over
from benchmarks.runs.records import HostAttempt, Preflight, Terminated
from tests.support import records


def planned(monkeypatch: pytest.MonkeyPatch, directory: Path, *, attaches: bool = True, **parameters: Any) -> Any:
    """What the module answers who comes back to a run on a machine of the user's own, for which no AWS is needed."""
    spec = importlib.util.spec_from_file_location("plan_run", ROOT / "plugins/modules/plan_run.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    given = {
        "parameters": {"region": None, "dry_run": False, "host": "me@box", **parameters},
        "run_dir": str(directory),
        "crates_index": "https://index.crates.io",
        "dist_server": "https://static.rust-lang.org",
        "attaches": attaches,
    }
    answer = SimpleNamespace(params=given, exit_json=Mock(), fail_json=Mock(side_effect=SystemExit), warn=Mock())
    monkeypatch.setattr(module, "AnsibleModule", lambda *_, **__: answer)
    module.main()
    return answer.exit_json.call_args


def test_who_comes_back_loses_nothing_if_the_host_then_refuses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = records.preflight(launches=(), warnings=("before",))
    record_files.write(tmp_path, before)
    failures.record_failure(tmp_path, "box", "Build", "The build failed.")
    parameters_file.freeze(tmp_path, {"cpu": 1})
    parameters_file.accept(tmp_path)
    parameters_file.freeze(tmp_path, {"cpu": 2})
    planned(monkeypatch, tmp_path)
    assert failures.failures(tmp_path) == ()
    before_plan.restore(tmp_path)
    assert [one.sentence for one in failures.failures(tmp_path)] == ["The build failed."]
    assert record_files.read(Preflight, tmp_path) == before
    assert parameters_file.read_parameters(tmp_path) == {"cpu": 1}


@pytest.mark.parametrize("attaches", [True, False])
def test_a_run_that_was_ended_counts_as_ended_as_long_as_it_is_only_planned(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, attaches: bool
) -> None:
    plan = records.preflight(launches=(records.launch_plan(),))
    monkeypatch.setattr("benchmarks.preflight.run_plan.come_back", lambda *_: plan)
    monkeypatch.setattr("benchmarks.preflight.run_plan.make", lambda *_: plan)
    monkeypatch.setattr("benchmarks.preflight.screen.of_plan", lambda *_: "")
    record_files.write(tmp_path, Terminated())
    planned(monkeypatch, tmp_path, attaches=attaches)
    assert run_over.was_ended(tmp_path)


def test_a_report_that_failed_is_forgotten_once_it_can_be_written_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plan = records.preflight(launches=(), measured=(HostAttempt(host="i-1", attempt=1),))
    monkeypatch.setattr("benchmarks.preflight.run_plan.come_back", lambda *_: plan)
    monkeypatch.setattr("benchmarks.preflight.screen.of_plan", lambda *_: "")
    monkeypatch.setattr("benchmarks.launch.termination.note_gone", lambda *_: None)
    monkeypatch.setattr("benchmarks.aws.session.connector", lambda _: lambda _: None)
    for stage in ("benchmark", "report", "publish", "terminate"):
        failures.record_failure(tmp_path, "i-1", stage, f"{stage} failed.", stage=stage)
    planned(monkeypatch, tmp_path)
    assert [one.stage for one in failures.failures(tmp_path)] == ["benchmark"]
