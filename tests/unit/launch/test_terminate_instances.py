"""The action that terminates a run's instances: whose credentials it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.aws import session
from benchmarks.runs import record_files, run_over
from tests.support import actions, records
from tests.unit.launch.test_termination import Account


@pytest.mark.parametrize("check_mode", [True, False])
def test_hosts_that_are_spared_are_not_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check_mode: bool) -> None:
    there = Account("i-1", "i-2")
    monkeypatch.setattr(session, "connector", lambda _: lambda _service, _region=None: there.client)
    given: dict[str, Any] = {"run_id": "r1", "run_dir": str(tmp_path / "r1"), "region": "eu-central-1"}
    answer = actions.run("terminate_instances", check_mode=check_mode, spared=["i-2"], **given)
    assert answer["terminated"] == ["i-1"]


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("asked", [True, False])
def test_credentials_of_another_account_end_nothing_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: bool, check_mode: bool
) -> None:
    there = Account()
    there.client.answers["get_caller_identity"] = {"Account": "210987654321"}
    monkeypatch.setattr(session, "connector", lambda _: lambda _service, _region=None: there.client)
    directory = tmp_path / "r1"
    record_files.write(directory, records.preflight())
    record_files.write(directory, records.instances("i-1"))
    (directory / "keys").mkdir()
    given: dict[str, Any] = {"run_id": "r1", "run_dir": str(directory), "region": "eu-central-1", "asked": asked}
    answer = actions.run("terminate_instances", check_mode=check_mode, **given)
    assert answer["failed"]
    assert answer["msg"].startswith("The run r1 has launched in the AWS account 123456789012, and these credentials ")
    assert (directory / "keys").is_dir()
    assert not run_over.was_ended(directory)
