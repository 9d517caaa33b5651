"""The action that waits for an instance: it tries again, and ends with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.loader import action_loader

from benchmarks.paths import ROOT

READY = {"rc": 0, "stdout": "cloud-init 0\nstatus: done\ntimer set\n", "stderr": ""}
CLOSED = AnsibleConnectionFailure("Failed to connect to the host via ssh: Connection closed")
REFUSED = AnsibleConnectionFailure("Failed to connect to the host via ssh: Permission denied (publickey)")


def wait(
    monkeypatch: pytest.MonkeyPatch, *answers: Any, timeout: int = 60, keep: bool = False
) -> tuple[dict[str, Any], Mock]:
    """What the action returns if the host answers so, and its connection."""
    action_loader.add_directory(str(ROOT / "roles/launch/action_plugins"))
    connection = Mock()
    action = action_loader.get(
        "wait_until_ready", task=Mock(args={"timeout": timeout, "keep": keep}, async_val=0, check_mode=False),
        connection=connection,
        play_context=Mock(), loader=Mock(), templar=Mock(), shared_loader_obj=Mock(),
    )  # fmt: skip
    given = iter(answers)

    def answer(*_: Any, **__: Any) -> Any:
        found = next(given)
        if isinstance(found, Exception):
            raise found
        return found() if callable(found) else found

    connection.execute = Mock(side_effect=answer)
    monkeypatch.setattr(action, "_low_level_execute_command", connection.execute)
    monkeypatch.setattr("time.sleep", Mock())
    return action.run(task_vars={"inventory_hostname": "i-1"}), connection


def test_a_host_that_does_not_answer_yet_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    result, connection = wait(monkeypatch, REFUSED, CLOSED, READY)
    assert result == {"changed": False, "warnings": []}
    assert connection.reset.call_count == 2


def test_a_host_that_never_answers_is_told_with_the_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AnsibleActionFail, match=r"i-1 does not answer over SSH: Permission denied .* cloud-init, "):
        wait(monkeypatch, REFUSED, timeout=0)


def test_warnings_are_shown_and_a_missing_timer_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = wait(monkeypatch, {"stdout": "cloud-init 1\nwhy\n"})
    assert result["failed"]
    assert "i-1 does not power itself off" in result["msg"]
    assert result["warnings"] == [
        "cloud-init on i-1 reports errors, so its image or launch template may lack something: why"
    ]


@pytest.mark.parametrize(
    ("keep", "answer", "told"),
    [
        (True, {"rc": 0}, "It was powered off, which terminates it."),
        (True, {"rc": 1}, "It could not be powered off either: end it by bench.terminate."),
        (True, CLOSED, "It could not be powered off either: end it by bench.terminate."),
        (False, {"rc": 0}, "Amazon Linux's."),
    ],
)
def test_an_instance_without_a_timer_is_powered_off_if_the_run_would_keep_it(
    monkeypatch: pytest.MonkeyPatch, keep: bool, answer: Any, told: str
) -> None:
    result, connection = wait(monkeypatch, {"stdout": "cloud-init 0\n"}, answer, keep=keep)
    assert result["failed"]
    assert result["msg"].endswith(told)
    commands = [call.args[0] for call in connection.execute.call_args_list]
    assert [command for command in commands if command.endswith("systemctl poweroff")] == commands[1:]
    assert len(commands) == (2 if keep else 1)


def test_the_time_begins_anew_after_a_connection_that_was_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
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
    result, _ = wait(monkeypatch, *answers, timeout=300)
    assert "failed" not in result
