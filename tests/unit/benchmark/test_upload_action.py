"""The action that has a host upload its results by itself."""

from __future__ import annotations

import base64
import json
import shlex
import zlib
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from ansible.plugins.loader import action_loader

from benchmarks.paths import ROOT
from benchmarks.runs import record_files
from benchmarks.runs.records import CurrentAttempt
from tests.support.answers import told

DONE = {"rc": 0, "stdout": "", "stderr": ""}
DIRECTORY = "/var/lib/benchmarks/runs/r1/2"


def made(monkeypatch: pytest.MonkeyPatch, here: Path, *answers: dict[str, Any]) -> tuple[Any, Mock]:
    """The action on a host that answers so, and the mock that executes commands."""
    action_loader.add_directory(str(ROOT / "roles/benchmark/action_plugins"))
    args = {
        "upload": {"run_id": "r1", "attempt": 2, "bucket": "mine"}, "here": str(here), "directory": DIRECTORY,
        "root": "/var/lib/benchmarks", "unit": "benchmarks-r1", "python": "/usr/bin/python3", "look_seconds": "1",
        "unfollowed_seconds": "15",
    }  # fmt: skip
    action = action_loader.get(
        "start_upload", task=Mock(args=args, async_val=0, check_mode=False), connection=Mock(),
        play_context=Mock(check_mode=False), loader=Mock(), templar=Mock(), shared_loader_obj=Mock(),
    )  # fmt: skip
    execute = Mock(side_effect=map(told, answers))
    monkeypatch.setattr(action, "_low_level_execute_command", execute)
    program = str(ROOT / "roles/benchmark/files/upload_results.py")
    monkeypatch.setattr(action, "_find_needle", lambda *_: program)
    return action, execute


def test_the_host_gets_the_program_its_order_and_the_records_that_there_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "toolchain.json").write_text('{"ü": 1}\n')
    action, execute = made(monkeypatch, tmp_path, DONE, DONE)
    assert action.run(task_vars={}) == {"changed": False, "uploads": True}
    place, start = (shlex.split(call.args[0]) for call in execute.call_args_list)
    files = json.loads(zlib.decompress(base64.b64decode(place[-1])))
    assert list(files) == ["upload_results.py", "upload.json", "toolchain.json"]
    assert files["toolchain.json"] == ['{"ü": 1}\n', 0o644]
    order, mode = files["upload.json"]
    assert mode == 0o600
    told = json.loads(order)
    assert (told["bucket"], told["look_seconds"], told["unfollowed_seconds"]) == ("mine", 1, 15)
    assert start[start.index("sh", 3) + 1 :][:2] == ["benchmarks-r1-power-off", "benchmarks-r1-2-results"]


@pytest.mark.parametrize("answers", [[{"rc": 1, "stdout": "No space\r\nleft", "stderr": ""}],
                                     [DONE, {"rc": 1, "stdout": "", "stderr": "No space left"}]])  # fmt: skip
def test_a_host_that_cannot_is_warned_of_and_measured_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answers: list[dict[str, Any]]
) -> None:
    action, _ = made(monkeypatch, tmp_path, *answers)
    found = action.run(task_vars={})
    assert not found.get("failed")
    assert found["uploads"] is False
    assert found["warnings"] == [
        "The instance cannot upload its results by itself (No space left): keep this machine connected until they are "
        "here."
    ]


def test_a_host_that_was_found_at_work_is_not_taken_for_one_that_uploads_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    record_files.write(tmp_path, CurrentAttempt(number=2, active=True))
    action, _ = made(monkeypatch, tmp_path / "2", {"rc": 1, "stdout": "Cannot\r\nfork", "stderr": ""})
    found = action.run(task_vars={})
    assert "uploads" not in found  # so that the role goes by the request
    assert found["warnings"] == [
        "The instance could not be told anew to upload its results by itself (Cannot fork): what it was told before "
        "holds."
    ]
