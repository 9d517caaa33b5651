"""The action that waits for an instance: it tries again, and ends with a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.loader import action_loader

from benchmarks.host import host_check
from benchmarks.paths import ROOT
from benchmarks.runs import events, record_files
from benchmarks.runs.records import Ready
from tests.support.answers import told
from tests.support.events import brief

READY = {"rc": 0, "stdout": "cloud-init 0\nstatus: done\ntimer set\n", "stderr": ""}
CLOSED = AnsibleConnectionFailure("Failed to connect to the host via ssh: Connection closed")
REFUSED = AnsibleConnectionFailure("Failed to connect to the host via ssh: Permission denied (publickey)")


def wait(
    monkeypatch: pytest.MonkeyPatch,
    *answers: Any,
    timeout: int = 60,
    host_dir: Path | str = "/nonexistent",
    gone: str = "",
) -> tuple[dict[str, Any], Mock]:
    """What the action returns if the host answers so, and its connection."""
    action_loader.add_directory(str(ROOT / "roles/launch/action_plugins"))
    connection = Mock()
    args = {"timeout": timeout, "host_dir": str(host_dir), "host_check": ["ask"]}
    action = action_loader.get(
        "wait_until_ready",
        task=Mock(args=args, async_val=0, check_mode=False),
        connection=connection,
        play_context=Mock(), loader=Mock(), templar=Mock(), shared_loader_obj=Mock(),
    )  # fmt: skip
    given = iter(answers)

    def answer(*_: Any, **__: Any) -> Any:
        found = next(given)
        if isinstance(found, Exception):
            raise found
        return told(found() if callable(found) else found)

    connection.execute = Mock(side_effect=answer)
    monkeypatch.setattr(action, "_low_level_execute_command", connection.execute)
    monkeypatch.setattr("time.sleep", Mock())
    monkeypatch.setattr(host_check, "gone", lambda command: gone)
    return action.run(task_vars={"inventory_hostname": "i-1"}), connection


def test_a_host_that_does_not_answer_yet_is_tried_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(events.VARIABLE, str(tmp_path))
    result, connection = wait(monkeypatch, REFUSED, CLOSED, READY, host_dir=tmp_path)
    assert brief(tmp_path) == [("instance-ready", "i-1", True)]
    assert result == {"changed": False, "warnings": []}
    assert connection.reset.call_count == 2
    assert (found := record_files.read(Ready, tmp_path)) and found.timer


def test_a_host_that_never_answers_is_told_with_the_cause(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(AnsibleActionFail, match=r"i-1 does not answer over SSH: Permission denied .* cloud-init, "):
        wait(monkeypatch, REFUSED, timeout=0, host_dir=tmp_path)
    assert record_files.read(Ready, tmp_path) is None


def test_an_instance_that_is_gone_is_not_waited_for_to_the_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock = iter(range(0, 1000, 4))
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    told = "EC2 took back the spot instance i-1 (Server.SpotInstanceTermination): start a new run."
    with pytest.raises(AnsibleActionFail, match=re.escape(told)):
        wait(monkeypatch, *[CLOSED] * 9, timeout=1500, host_dir=tmp_path, gone=told)


def test_warnings_are_shown_and_a_missing_timer_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    result, _ = wait(monkeypatch, {"stdout": "cloud-init 1\nwhy\n"}, host_dir=tmp_path)
    assert result["failed"]
    assert "i-1 does not power itself off" in result["msg"]
    assert (found := record_files.read(Ready, tmp_path)) and not found.timer
    assert result["warnings"] == [
        "cloud-init on i-1 reports errors, so its image or launch template may lack something: why"
    ]


def test_where_it_cannot_be_recorded_that_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AnsibleActionFail, match="cannot be written"):
        wait(monkeypatch, READY, host_dir=tmp_path / "file")


def test_the_time_begins_anew_after_a_connection_that_was_accepted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clock = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])

    def lasting(seconds: float, answer: Any) -> Callable[[], Any]:
        def answered() -> Any:
            clock[0] += seconds
            if isinstance(answer, Exception):
                raise answer
            return answer

        return answered

    # cloud-init waits for 400 seconds and reboots, which takes 10.
    answers = [lasting(400, CLOSED), lasting(10, CLOSED), lasting(1, READY)]
    result, _ = wait(monkeypatch, *answers, timeout=300, host_dir=tmp_path)
    assert "failed" not in result
