"""Which host and attempt a failure is recorded for."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.host import host_check
from benchmarks.runs import failures, record_files
from tests.support import actions, records

GONE = "i-1 is terminated: Taken back."


def test_what_fails_here_for_a_host_that_is_gone_is_a_failure_of_its_attempt_and_not_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_check, "gone", lambda _: GONE)
    told = {"msg": "S3 refuses."}
    actions.run(
        "record_failure", run_dir=str(tmp_path), host="i-1", attempt=2, stage="collect", task="Fetch", result=told
    )
    (failed,) = failures.failures(tmp_path)
    assert (failed.host, failed.attempt, failed.stage, failed.sentence) == ("i-1", 2, "collect", "S3 refuses.")


def test_a_host_is_named_by_its_instance_once_it_has_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_check, "gone", lambda _: "")

    def failed() -> str:
        result = {"msg": "No."}
        actions.run(
            "record_failure", of="host-2", run_dir=str(tmp_path), attempt=1, stage="", task="Launch", result=result
        )
        return failures.failures(tmp_path)[-1].host

    assert failed() == "host-2"
    record_files.write(tmp_path, records.instances(instances=(records.instance("i-2", host=2),)))
    assert failed() == "i-2"
