"""The module that writes what is asked of a run to S3, which may refuse the request after it was planned."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from benchmarks.errors import RefusedError
from benchmarks.paths import ROOT
from benchmarks.results.run_request import Uploaded
from benchmarks.runs import before_plan, failures, record_files
from benchmarks.runs.records import Preflight
from tests.support import records

BEFORE, AFTER = records.preflight(warnings=("before",)), records.preflight(warnings=("after",))


def published(monkeypatch: pytest.MonkeyPatch, directory: Path, answer: Mock) -> Any:
    """The module, to which uploading answers so, for a run that has failed before and was planned again."""
    record_files.write(directory, BEFORE)
    failures.record_failure(directory, "localhost", "Launch", "There is no capacity.")
    before_plan.keep(directory)
    failures.forget_failures(directory)
    record_files.write(directory, AFTER)
    spec = importlib.util.spec_from_file_location("publish_request", ROOT / "plugins/modules/publish_request.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    given = {"run_dir": str(directory), "plan": record_files.plain(AFTER), "parameters": {}}
    fake = SimpleNamespace(params=given, exit_json=Mock(), fail_json=Mock(side_effect=SystemExit), warn=Mock())
    monkeypatch.setattr(module, "AnsibleModule", lambda *_, **__: fake)
    monkeypatch.setattr("benchmarks.aws.session.connector", lambda region: Mock())
    monkeypatch.setattr("benchmarks.results.run_request.upload", answer)
    return SimpleNamespace(run=module.main, fake=fake)


def test_a_request_that_s3_refuses_has_changed_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module = published(monkeypatch, tmp_path, Mock(side_effect=RefusedError("The bucket is gone.")))
    with pytest.raises(SystemExit):
        module.run()
    module.fake.fail_json.assert_called_once_with(msg="The bucket is gone.")
    assert record_files.read(Preflight, tmp_path) == BEFORE
    # Who comes back is told why it failed before, and launches nothing.
    assert [one.sentence for one in failures.failures(tmp_path)] == ["There is no capacity."]


def test_a_request_that_s3_takes_is_that_of_the_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module = published(monkeypatch, tmp_path, Mock(return_value=Uploaded(True, "s3://mine/run.json")))
    module.run()
    module.fake.exit_json.assert_called_once_with(changed=True, uri="s3://mine/run.json")
    assert record_files.read(Preflight, tmp_path) == AFTER
    assert failures.failures(tmp_path) == ()
