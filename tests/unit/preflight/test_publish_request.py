"""The action that writes what is asked of a run to S3, which may refuse the request after it was planned."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from benchmarks.errors import RefusedError
from benchmarks.results.run_request import Uploaded
from benchmarks.runs import before_plan, failures, record_files
from benchmarks.runs.records import Preflight
from tests.support import actions, records

BEFORE, AFTER = records.preflight(warnings=("before",)), records.preflight(warnings=("after",))


def published(monkeypatch: pytest.MonkeyPatch, directory: Path, answer: Mock) -> Any:
    """What the action answers, to which uploading does so, for a run that has failed before and was planned again."""
    record_files.write(directory, BEFORE)
    failures.record_failure(directory, "localhost", "Launch", "There is no capacity.")
    before_plan.keep(directory)
    failures.forget_failures(directory)
    record_files.write(directory, AFTER)
    monkeypatch.setattr("benchmarks.aws.session.connector", lambda region: Mock())
    monkeypatch.setattr("benchmarks.results.run_request.upload", answer)
    return actions.run("publish_request", run_dir=str(directory), plan=record_files.plain(AFTER), parameters={})


def test_a_request_that_s3_refuses_has_changed_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answer = published(monkeypatch, tmp_path, Mock(side_effect=RefusedError("The bucket is gone.")))
    assert answer == {"failed": True, "msg": "The bucket is gone."}
    assert record_files.read(Preflight, tmp_path) == BEFORE
    # Who comes back is told why it failed before, and launches nothing.
    assert [one.sentence for one in failures.failures(tmp_path)] == ["There is no capacity."]


def test_a_request_that_s3_takes_is_that_of_the_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answer = published(monkeypatch, tmp_path, Mock(return_value=Uploaded(True, ("s3://mine/run.json",))))
    assert answer == {"changed": True, "uris": ["s3://mine/run.json"], "warnings": []}
    assert record_files.read(Preflight, tmp_path) == AFTER
    assert failures.failures(tmp_path) == ()
