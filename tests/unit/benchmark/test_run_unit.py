"""The action that starts a unit: a connection that is lost meanwhile neither fails it nor starts it twice."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.loader import action_loader

from benchmarks.host import host_check
from benchmarks.host.following import Follower, Screen
from benchmarks.host.log_copy import LogCopy
from benchmarks.host.progress import MEASURE
from benchmarks.host.systemd_units import LARGEST_LOG, Unit
from benchmarks.paths import ROOT
from benchmarks.runs import events
from tests.support.events import brief

UNIT = Unit("u", ("true",), {}, "/home/b", "/home/b/log", "/home/b/status", 60)
LOST = AnsibleConnectionFailure("Connection closed")
DONE = {"rc": 0, "stdout": "", "stderr": ""}
FAILED = {"rc": 1, "stdout": "Unit u is there.\nShared connection closed.", "stderr": ""}
ACTIVATING, UNKNOWN = ({"rc": 0, "stdout": f"{state}\n-\n0\n", "stderr": ""} for state in ("activating", "inactive"))


def made(monkeypatch: pytest.MonkeyPatch, *answers: Any, timeout: float = 60, gone: str = "") -> tuple[Any, Mock]:
    """The action on a host that answers so, and the mock that executes commands; `gone` is why the host is gone."""
    action_loader.add_directory(str(ROOT / "roles/benchmark/action_plugins"))
    args = {
        "reconnect_timeout": timeout,
        "python": "python3",
        "step": "run",
        "host_check": ["ask"],
        "name": "u",
        "argv": ["true"],
    }
    args |= {"environment": {}, "directory": "/home/b", "log": "/home/b/log", "status": "/home/b/status"}
    args |= {"limit_seconds": 60}
    action = action_loader.get(
        "run_unit", task=Mock(args=args, async_val=0, check_mode=False), connection=Mock(),
        play_context=Mock(), loader=Mock(), templar=Mock(), shared_loader_obj=Mock(),
    )  # fmt: skip
    execute = Mock(side_effect=answers)
    monkeypatch.setattr(action, "_low_level_execute_command", execute)
    monkeypatch.setattr("time.sleep", Mock())
    monkeypatch.setattr(host_check, "gone", lambda command: gone)
    return action, execute


def start(monkeypatch: pytest.MonkeyPatch, *answers: Any, timeout: float = 60) -> list[str]:
    """Start the unit on a host that answers so; return the first words of the commands that it got."""
    action, execute = made(monkeypatch, *answers, timeout=timeout)
    action._start(UNIT)
    return [call.args[0].split()[0] for call in execute.call_args_list]


def look(state: str, result: str, size: int, log: bytes) -> dict[str, Any]:
    """What a host answers to a look."""
    return {"rc": 0, "stdout": f"{state}\n{result}\n{size}\n{base64.b64encode(log).decode()}\n", "stderr": ""}


def test_a_unit_is_started_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start(monkeypatch, DONE, DONE) == ["rm", "systemd-run"]


def test_a_unit_that_starts_all_the_same_is_not_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start(monkeypatch, DONE, LOST, ACTIVATING) == ["rm", "systemd-run", "sh"]


def test_a_unit_that_did_not_start_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found = start(monkeypatch, DONE, LOST, UNKNOWN, LOST, LOST, DONE)
    assert found == ["rm", "systemd-run", "sh", "systemd-run", "sh", "systemd-run"]


def test_a_unit_that_is_not_kept_apart_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = {"rc": 0, "stdout": "inactive\nexit-code  \n0\n", "stderr": ""}
    with pytest.raises(
        AnsibleActionFail, match=r"^The benchmark run was not started, because what has to come before it failed, "
    ):
        start(monkeypatch, DONE, FAILED, refused)


def test_a_unit_that_systemd_cannot_start_is_told_in_systemds_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AnsibleActionFail, match=r"^systemd-run failed: Unit u is there\.$"):
        start(monkeypatch, DONE, FAILED, UNKNOWN)


def test_a_host_that_is_gone_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AnsibleConnectionFailure):
        start(monkeypatch, DONE, LOST, timeout=-1)


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ("i-1 is terminated: User initiated.", r"^i-1 is terminated: User initiated\.$"),
        ("", r"^i-1 does not answer over SSH: Connection closed$"),
    ],
)
@pytest.mark.parametrize("answers", [[LOST], [UNKNOWN, DONE, LOST]], ids=["at the first look", "at the start"])
def test_a_host_that_is_lost_before_a_unit_runs_fails_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, answers: list[Any], gone: str, told: str
) -> None:
    action, _ = made(monkeypatch, *answers, timeout=-1, gone=gone)
    with pytest.raises(AnsibleActionFail, match=told):
        action.run(task_vars={"inventory_hostname": "i-1"})


def test_a_host_that_is_gone_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    action, execute = made(monkeypatch, DONE, LOST, gone="i-1 is terminated: User initiated.")
    with pytest.raises(AnsibleConnectionFailure):
        action._start(UNIT)
    assert execute.call_count == 2


def test_a_unit_whose_log_is_too_long_is_stopped_and_followed_no_longer_than_to_its_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    action, execute = made(
        monkeypatch,
        look("active", "-", LARGEST_LOG, b"one\n"),
        look("active", "-", LARGEST_LOG + 1, b"two\n"),
        DONE,
        # Nothing of a look is lost, or shown twice, if the connection is lost meanwhile.
        look("deactivating", "-", LARGEST_LOG + 9, b"three\n"),
        LOST,
        look("deactivating", "-", LARGEST_LOG + 9, b"three\n"),
        DONE,
        # Much of the log was not read yet.
        look("inactive", "log-limit exited 0", LARGEST_LOG, b"four\n"),
    )
    kept, shown = LogCopy(tmp_path / "log"), []
    screen = Screen(lambda text, _: shown.append(text), False, 80)
    action._follow(UNIT, 0, kept, Follower(MEASURE, 0, True, screen))
    asked = ["stop --no-block" in call.args[0] for call in execute.call_args_list]
    assert asked == [False, False, True, False, True, False, True, False]
    assert kept.read(0) == b"one\ntwo\nthree\nfour\n"
    assert shown == ["one", "two", "three", "four"]


def test_following_keeps_no_log_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chunk = b"what a program prints\n" * 2**14
    looks = [look("active", "-", number * len(chunk), chunk) for number in range(40)]
    action, _ = made(monkeypatch, *looks, look("inactive", "success exited 0", 40 * len(chunk), b""))
    screen = Screen(lambda *_: None, False, 80)
    follower = Follower(MEASURE, 0, False, screen)
    kept = LogCopy(tmp_path / "log")
    action._follow(UNIT, 0, kept, follower)
    assert kept.size == 40 * len(chunk)
    assert len(follower._log) < 2 * len(chunk)


@pytest.mark.parametrize(
    ("more", "step", "told"),
    [
        ([look("inactive", "exit-code exited 101", 0, b"")] * 2, "run", ("measurement-ended", "i-1", "u", "exit-code")),
        ([look("inactive", "success exited 0", 0, b"")] * 2, "build", ("build-ended", "i-1", "u", "success")),
        ([LOST], "run", ("measurement-ended", "i-1", "u", None)),
    ],
    ids=["failed", "succeeded", "lost"],
)
def test_a_step_that_began_is_told_to_have_ended_whatever_becomes_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, more: list[Any], step: str, told: tuple[Any, ...]
) -> None:
    monkeypatch.setenv(events.VARIABLE, str(tmp_path))
    action, _ = made(monkeypatch, UNKNOWN, DONE, DONE, *more, timeout=-1)
    action._task.args |= {"step": step, "expected": 0, "tail": False, "log_here": str(tmp_path / "log")}
    try:
        action.run(task_vars={"inventory_hostname": "i-1"})
    except AnsibleActionFail:
        assert told[-1] is None
    begun, ended = brief(tmp_path)
    assert begun == (told[0].replace("ended", "begun"), "i-1", "u", False)
    assert ended == told


def test_a_step_that_is_over_is_not_told_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(events.VARIABLE, str(tmp_path))
    action, _ = made(monkeypatch, look("inactive", "success exited 0", 0, b""))
    assert action.run(task_vars={"inventory_hostname": "i-1"}) == {"changed": False}
    assert list(tmp_path.iterdir()) == []
