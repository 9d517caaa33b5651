"""The action that starts a unit: a connection that is lost meanwhile neither fails it nor starts it twice."""

from __future__ import annotations

import base64
import re
import shlex
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.loader import action_loader

from benchmarks.host import answers as host_answers
from benchmarks.host import host_check
from benchmarks.host.following import Follower, Screen
from benchmarks.host.log_copy import LogCopy
from benchmarks.host.progress import MEASURE
from benchmarks.host.systemd_units import LARGEST_LOG, TOLD, Unit
from benchmarks.paths import ROOT
from benchmarks.playbook import stages
from benchmarks.runs import attempts, events, record_files
from benchmarks.runs.records import CurrentAttempt
from benchmarks.terminal.live_lines import Line
from tests.support import records
from tests.support.answers import told
from tests.support.events import brief

UNIT = Unit("u", ("true",), {}, "/home/b", "/home/b/log", "/home/b/status", 60)
LOST = AnsibleConnectionFailure("Connection closed")
DONE = {"rc": 0, "stdout": "", "stderr": ""}
FAILED = {"rc": 1, "stdout": "Unit u is there.\r\n", "stderr": "Shared connection to 192.0.2.7 closed.\r\n"}
ACTIVATING, UNKNOWN = (
    {"rc": 0, "stdout": f"{TOLD}\n{state}\n-\n0\n", "stderr": ""} for state in ("activating", "inactive")
)


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
    execute = Mock(side_effect=map(told, answers))
    monkeypatch.setattr(action, "_low_level_execute_command", execute)
    monkeypatch.setattr("time.sleep", Mock())
    monkeypatch.setattr(host_check, "gone", lambda command: gone)
    return action, execute


def start(monkeypatch: pytest.MonkeyPatch, *answers: Any, timeout: float = 60) -> list[str]:
    """Start the unit on a host that answers so; return the first words of the commands that it got."""
    action, execute = made(monkeypatch, *answers, timeout=timeout)
    action._start(UNIT)
    return [command.split()[0] for command in commands(execute)]


def commands(execute: Mock) -> list[str]:
    return [call.args[0].removeprefix(host_answers.marked("")) for call in execute.call_args_list]


def look(state: str, result: str, size: int, log: bytes) -> dict[str, Any]:
    """What a host answers to a look."""
    return {"rc": 0, "stdout": f"{TOLD}\n{state}\n{result}\n{size}\n{base64.b64encode(log).decode()}\n", "stderr": ""}


def test_a_unit_is_started_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start(monkeypatch, DONE, DONE) == ["sh", "systemd-run"]


def test_a_connection_that_is_cut_before_a_unit_starts_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start(monkeypatch, LOST, LOST, DONE, DONE) == ["sh", "sh", "sh", "systemd-run"]


def test_a_unit_that_starts_all_the_same_is_not_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start(monkeypatch, DONE, LOST, ACTIVATING) == ["sh", "systemd-run", "sh"]


def test_a_unit_that_did_not_start_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found = start(monkeypatch, DONE, LOST, UNKNOWN, LOST, LOST, DONE)
    assert found == ["sh", "systemd-run", "sh", "systemd-run", "sh", "systemd-run"]


def test_a_unit_that_is_not_kept_apart_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = {"rc": 0, "stdout": f"{TOLD}\ninactive\nexit-code  \n0\n", "stderr": ""}
    with pytest.raises(
        AnsibleActionFail, match=r"^The benchmark run was not started, because what has to come before it failed, "
    ):
        start(monkeypatch, DONE, FAILED, refused)


def test_a_unit_that_systemd_cannot_start_is_told_in_systemds_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        AnsibleActionFail, match=r"^systemd-run failed: Unit u is there\. Mend that on the machine, or use another\.$"
    ):
        start(monkeypatch, DONE, FAILED, UNKNOWN)


@pytest.mark.parametrize(
    ("answers", "commands"),
    [
        # systemd was too slow for systemd-run, or replaced meanwhile.
        ([DONE, FAILED, ACTIVATING], 3),
        ([DONE, FAILED, LOST, ACTIVATING], 4),
        # It was started by the first try, of which no answer came.
        ([DONE, LOST, FAILED, FAILED, ACTIVATING], 5),
    ],
)
def test_a_unit_that_runs_was_started_whatever_systemd_run_says(
    monkeypatch: pytest.MonkeyPatch, answers: list[Any], commands: int
) -> None:
    action, execute = made(monkeypatch, *answers)
    action._runs = True
    action._start(UNIT)
    assert execute.call_count == commands


def test_a_host_that_is_gone_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AnsibleConnectionFailure):
        start(monkeypatch, DONE, LOST, timeout=-1)


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ("i-1 is terminated: User initiated.", r"^i-1 is terminated: User initiated\.$"),
        (
            "",
            r"^i-1 does not answer over SSH: Connection closed\. Check that it runs, "
            r"and the network between it and this machine\.$",
        ),
    ],
)
def test_a_host_that_is_lost_before_a_unit_runs_fails_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, gone: str, told: str
) -> None:
    action, _ = made(monkeypatch, LOST, timeout=-1, gone=gone)
    with pytest.raises(AnsibleActionFail, match=told):
        action.run(task_vars={"inventory_hostname": "i-1"})


def test_a_host_that_is_gone_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    action, execute = made(monkeypatch, DONE, LOST, gone="i-1 is terminated: User initiated.")
    with pytest.raises(AnsibleConnectionFailure):
        action._start(UNIT)
    assert execute.call_count == 2


@pytest.mark.parametrize(
    ("step", "answers", "told"),
    [
        ("run", [("active", "-", b"a\n"), ("inactive", "success exited 0", b"")], ["measures", "measured"]),
        ("run", [("inactive", "success exited 0", b"")], ["measures", "measured"]),
        ("build", [("active", "-", b"a\n"), ("inactive", "success exited 0", b"")], []),
    ],
    ids=["followed to its end", "ended before", "a build"],
)
def test_whoever_started_the_playbook_hears_that_a_host_measures(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    step: str,
    answers: list[tuple[str, str, bytes]],
    told: list[str],
) -> None:
    looks = [look(state, result, len(log), log) for state, result, log in answers]
    # The last answer holds for as long as it is asked.
    action, _ = made(monkeypatch, *looks, *[looks[-1]] * 2)
    action._task.args |= {"step": step, "expected": 0, "tail": False, "log_here": str(tmp_path / "log")}
    with stages.pipe() as pipe:
        for name, value in pipe.environment.items():
            monkeypatch.setenv(name, value)
        assert not action.run(task_vars={"inventory_hostname": "i-1"}).get("failed")
        hosts = pipe.reached().hosts
    assert [event for event in stages.OF_HOST if getattr(hosts, event) == {"i-1"}] == told


@pytest.mark.parametrize("attach", [True, False])
def test_a_unit_that_failed_unwatched_is_started_again_unless_somebody_only_comes_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, attach: bool
) -> None:
    failed = [look("inactive", "exit-code exited 101", 2, log) for log in (b"no", b"", b"")]
    action, execute = made(monkeypatch, failed[1], *([] if attach else [DONE, DONE]), *failed)
    action._task.args |= {"attach": attach, "expected": 0, "tail": False, "log_here": str(tmp_path / "log")}
    result = action.run(task_vars={"inventory_hostname": "i-1"})
    assert result["msg"].startswith("The benchmark run failed with exit status 101.")
    assert (tmp_path / "log").read_bytes() == b"no"
    started = ["systemd-run" in call.args[0] for call in execute.call_args_list]
    assert any(started) is not attach


@pytest.mark.parametrize("runs", [False, True], ids=["started", "found at work"])
def test_a_measurement_that_is_to_be_left_is_not_followed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, runs: bool
) -> None:
    answers = [look("active", "-", 0, b"")] if runs else [UNKNOWN, DONE, DONE]
    action, execute = made(monkeypatch, *answers)
    action._task.args |= {"detach": True, "host_dir": str(tmp_path)}
    with stages.pipe() as pipe:
        for name, value in pipe.environment.items():
            monkeypatch.setenv(name, value)
        assert action.run(task_vars={"inventory_hostname": "i-1"}) == {"changed": not runs}
        hosts = pipe.reached().hosts
    assert hosts.measures == hosts.left == {"i-1"}
    assert execute.call_count == len(answers)
    assert attempts.is_left(tmp_path)


def test_a_build_is_followed_though_the_measurement_is_to_be_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    built = look("inactive", "success exited 0", 0, b"")
    action, execute = made(monkeypatch, UNKNOWN, DONE, DONE, built)
    action._task.args |= {"detach": True, "host_dir": str(tmp_path), "step": "build", "expected": 0, "tail": False}
    action._task.args |= {"log_here": str(tmp_path / "1/benchmark.log")}
    assert action.run(task_vars={"inventory_hostname": "i-1"}) == {"changed": True}
    assert execute.call_count == 4
    assert not attempts.is_left(tmp_path)


ACTIVE = look("active", "-", 0, b"")
STOPPED_ANSWERING = "The host stopped answering over SSH while u ran there. Nothing of its log had been read yet. "


def lose(
    monkeypatch: pytest.MonkeyPatch, directory: Path, *answers: Any, gone: str = "", **args: Any
) -> tuple[str, stages.Hosts]:
    """Follow a unit on a host that answers no more; return what is said, and what the host is then known to be at."""
    action, _ = made(monkeypatch, *answers, timeout=-1, gone=gone)
    action._task.args |= {"expected": 0, "tail": False, "log_here": str(directory / "1/log"), **args}
    action._task.args |= {"uploads": True, "host_dir": str(directory), **args}
    monkeypatch.setenv(events.VARIABLE, str(directory))
    with stages.pipe() as pipe:
        for name, value in pipe.environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(AnsibleActionFail) as failed:
            action.run(task_vars={"inventory_hostname": "i-1"})
        return str(failed.value), pipe.reached().hosts


def test_a_host_that_is_lost_before_a_unit_was_started_is_not_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said, hosts = lose(monkeypatch, tmp_path, UNKNOWN, LOST)
    assert said.startswith("i-1 does not answer over SSH: Connection closed. ")
    assert not (hosts.left or hosts.measures or attempts.is_left(tmp_path))


@pytest.mark.parametrize(
    "answers",
    [[ACTIVE, LOST], [UNKNOWN, DONE, DONE, LOST], [UNKNOWN, DONE, LOST]],
    ids=["found at work", "started", "while it is started"],
)
def test_a_host_that_cannot_be_followed_and_uploads_by_itself_is_left_measuring(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answers: list[Any]
) -> None:
    said, hosts = lose(monkeypatch, tmp_path, *answers)
    assert said == STOPPED_ANSWERING + (
        "EC2 does not say that it is gone, so it is left measuring: check the network between it and this machine, "
        "and come back to it."
    )
    assert hosts.left == {"i-1"}
    assert attempts.is_left(tmp_path)
    assert ("run-left", "i-1") in brief(tmp_path)


@pytest.mark.parametrize(
    ("args", "gone", "said"),
    [
        ({"uploads": False}, "", f"{STOPPED_ANSWERING}Check the network between it and this machine."),
        ({"step": "build"}, "", f"{STOPPED_ANSWERING}Check the network between it and this machine."),
        ({}, "i-1 is terminated: Taken back.", "i-1 is terminated: Taken back. Nothing of its log had been read yet."),
    ],
    ids=["it uploads nothing", "it builds", "it is gone"],
)
def test_a_host_that_is_lost_otherwise_is_not_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, args: dict[str, Any], gone: str, said: str
) -> None:
    found, hosts = lose(monkeypatch, tmp_path, ACTIVE, LOST, gone=gone, **args)
    assert (found, hosts.left) == (said, frozenset())
    assert not attempts.is_left(tmp_path)


@pytest.mark.parametrize(("uploads", "is_left"), [(True, True), (False, False)])
def test_a_run_that_was_found_at_work_is_left_if_its_host_is_lost_before_the_first_look(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, uploads: bool, is_left: bool
) -> None:
    record_files.write(tmp_path, CurrentAttempt(number=1, active=True))
    said, hosts = lose(monkeypatch, tmp_path, LOST, step="build", uploads=uploads)
    assert said.startswith(STOPPED_ANSWERING)
    assert (hosts.left == {"i-1"}) is is_left
    assert attempts.is_left(tmp_path) is is_left


UNTOLD = {"rc": 1, "stdout": "Failed to get properties: Connection timed out\r\n", "stderr": ""}
UNREADABLE = {
    "rc": 0,
    "stdout": "sudo: unable to resolve host ip-10-0-0-1: Name or service not known\r\n",
    "stderr": "",
}


@pytest.mark.parametrize("odd", [UNTOLD, UNREADABLE], ids=["failed", "cannot be parsed"])
@pytest.mark.parametrize("step", ["build", "run"])
def test_a_look_that_fails_while_a_unit_runs_is_repeated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: str, odd: Any
) -> None:
    action, execute = made(monkeypatch, ACTIVE, odd, odd, look("inactive", "success exited 0", 0, b""))
    action._task.args |= {"step": step, "expected": 0, "tail": False, "log_here": str(tmp_path / "log")}
    assert action.run(task_vars={"inventory_hostname": "i-1"}) == {"changed": False}
    assert execute.call_count == 4
    # It answers: the connection is as good as before.
    action._connection.reset.assert_not_called()


def test_a_look_that_fails_at_a_run_found_at_work_is_repeated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    record_files.write(tmp_path, CurrentAttempt(number=1, active=True))
    action, _ = made(monkeypatch, UNTOLD, look("inactive", "success exited 0", 0, b""))
    action._task.args |= {"step": "build", "host_dir": str(tmp_path)}
    assert action.run(task_vars={"inventory_hostname": "i-1"}) == {"changed": False}


@pytest.mark.parametrize("odd", [UNTOLD, UNREADABLE], ids=["failed", "cannot be parsed"])
def test_a_look_that_fails_before_a_unit_runs_fails_at_once(monkeypatch: pytest.MonkeyPatch, odd: Any) -> None:
    action, execute = made(monkeypatch, odd)
    told = r"^i-1 answers over SSH, but does not tell how u is: .*\. Mend that on the machine, or use another\.$"
    with pytest.raises(AnsibleActionFail, match=told):
        action.run(task_vars={"inventory_hostname": "i-1"})
    assert execute.call_count == 1


NOT_TOLD = (
    "i-1 answers over SSH, but does not tell how u is: Failed to get properties: Connection timed out. "
    "Nothing of its log had been read yet. "
)


@pytest.mark.parametrize(
    ("args", "gone", "said", "is_left"),
    [
        (
            {},
            "",
            f"{NOT_TOLD}EC2 does not say that it is gone, so it is left measuring: come back to it in a while.",
            True,
        ),
        ({"uploads": False}, "", f"{NOT_TOLD}Mend that on the machine, or use another.", False),
        ({"step": "build"}, "", f"{NOT_TOLD}Mend that on the machine, or use another.", False),
        ({}, "i-1 is terminated: Taken.", "i-1 is terminated: Taken. Nothing of its log had been read yet.", False),
    ],
    ids=["it uploads", "it uploads nothing", "it builds", "it is gone"],
)
def test_a_host_that_does_not_tell_for_long_is_taken_for_one_that_is_lost(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, args: dict[str, Any], gone: str, said: str, is_left: bool
) -> None:
    found, hosts = lose(monkeypatch, tmp_path, ACTIVE, UNTOLD, gone=gone, **args)
    assert (found, hosts.left) == (said, {"i-1"} if is_left else frozenset())
    assert attempts.is_left(tmp_path) is is_left


def test_a_log_that_cannot_be_stopped_now_is_stopped_later(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    long = look("active", "-", LARGEST_LOG + 1, b"one\n")
    ended = look("inactive", "log-limit exited 0", LARGEST_LOG, b"two\n")
    action, execute = made(monkeypatch, long, UNTOLD, long, DONE, ended)
    action._runs = True
    kept = LogCopy(tmp_path / "log")
    action._follow(UNIT, 0, kept, Follower(MEASURE, 0, False, Screen(lambda _: None)))
    assert kept.read(0) == b"one\ntwo\n"
    assert execute.call_count == 5


def test_a_connection_that_comes_back_at_the_first_look_loses_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    action, _ = made(monkeypatch, LOST, LOST, look("inactive", "success exited 0", 0, b""))
    assert action.run(task_vars={"inventory_hostname": "i-1"}) == {"changed": False}


def test_a_unit_that_has_ended_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    action, _ = made(monkeypatch, ACTIVE, look("inactive", "success exited 0", 0, b""), LOST)
    action._task.args |= {"expected": 0, "tail": False, "log_here": str(tmp_path / "log")}
    assert action.run(task_vars={"inventory_hostname": "i-1"}) == {"changed": False}


def test_what_cannot_be_recorded_as_left_is_not_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    action, _ = made(monkeypatch, look("active", "-", 0, b""))
    (tmp_path / "file").write_text("")
    action._task.args |= {"detach": True, "host_dir": str(tmp_path / "file")}
    with pytest.raises(AnsibleActionFail, match=r"cannot be written: "):
        action.run(task_vars={"inventory_hostname": "i-1"})


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
    kept = LogCopy(tmp_path / "log")
    shown: list[str] = []
    screen = Screen(shown.append)
    action._follow(UNIT, 0, kept, Follower(MEASURE, 0, True, screen))
    asked = ["stop --no-block" in call.args[0] for call in execute.call_args_list]
    assert asked == [False, False, True, False, True, False, True, False]
    assert kept.read(0) == b"one\ntwo\nthree\nfour\n"
    assert shown == ["one", "two", "three", "four"]


@pytest.mark.parametrize(("tail", "waits_for", "seconds"), [(True, "/home/b/log", "10"), (False, "/dev/null", "5")])
def test_only_a_log_that_is_shown_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tail: bool, waits_for: str, seconds: str
) -> None:
    action, execute = made(monkeypatch, look("inactive", "success exited 0", 0, b""))
    action._follow(UNIT, 0, LogCopy(tmp_path / "log"), Follower(MEASURE, 0, tail, Screen(lambda _: None)))
    (called,) = execute.call_args_list
    assert shlex.split(called.args[0])[-4:-2] == [seconds, waits_for]


def test_earlier_durations_are_looked_up_only_where_the_task_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    find = Mock(return_value={("ffts", "fft/8192"): 8.0})
    monkeypatch.setattr("benchmarks.runs.earlier_durations.find", find)
    action, _ = made(monkeypatch)
    assert action._earlier() == {}
    action._task.args["earlier"] = {"runs_dir": "", "suite": "plonky2", "instance_type": ""}
    assert action._earlier() == {}
    action._task.args["earlier"] = {"runs_dir": str(tmp_path), "suite": "plonky2", "instance_type": "c7i.large"}
    assert action._earlier() == {("ffts", "fft/8192"): 8.0}
    find.assert_called_once_with(tmp_path, "plonky2", "c7i.large")


def test_a_look_that_has_not_reached_the_logs_end_is_followed_by_one_that_does_not_wait(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    chunk = b"what a program prints\n"
    # The last but one has nothing of what there is said to be: then nothing is gained by asking at once.
    sizes = [(3, chunk), (3, chunk), (3, chunk), (4, b""), (4, chunk)]
    looks = [look("active", "-", size * len(chunk), log) for size, log in sizes]
    action, execute = made(monkeypatch, *looks, look("inactive", "success exited 0", 4 * len(chunk), b""))
    follower = Follower(MEASURE, 0, False, Screen(lambda _: None))
    action._follow(UNIT, 0, LogCopy(tmp_path / "log"), follower)
    waits = [shlex.split(command)[9] for command in commands(execute)]
    assert waits == ["5", "0", "0", "5", "5", "5"]


def test_following_keeps_no_log_in_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chunk = b"what a program prints\n" * 2**14
    looks = [look("active", "-", number * len(chunk), chunk) for number in range(40)]
    action, _ = made(monkeypatch, *looks, look("inactive", "success exited 0", 40 * len(chunk), b""))
    screen = Screen(lambda _: None)
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


@pytest.mark.parametrize(
    ("verbose", "log", "shown"),
    [("1", b"one\ntwo", "one\ntwo\n"), ("1", b"one\n", "one\n"), ("", b"one\ntwo", "one\ntwo")],
    ids=["verbose", "verbose, whole lines", "not verbose"],
)
@pytest.mark.parametrize("is_lost", [False, True])
def test_ansibles_own_output_does_not_go_on_in_the_last_line_of_a_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, verbose: str, log: bytes, shown: str, is_lost: bool
) -> None:
    monkeypatch.setenv("BENCHMARKS_REWRITE_LINES", "0")
    monkeypatch.setenv("BENCHMARKS_VERBOSE", verbose)
    over = look("inactive", "success exited 0", len(log), b"")
    # The last look finds no more.
    rest: list[Any] = [look("active", "-", len(log), b""), LOST] if is_lost else [over, over]
    action, _ = made(monkeypatch, UNKNOWN, DONE, DONE, look("active", "-", len(log), log), *rest, timeout=-1)
    action._task.args |= {"expected": 0, "tail": True, "log_here": str(tmp_path / "log")}
    said: list[str] = []
    monkeypatch.setattr(
        sys.modules[type(action).__module__].display,
        "display",
        lambda text, newline=True, **_: said.append(text + ("\n" if newline else "")),
    )
    try:
        action.run(task_vars={"inventory_hostname": "i-1"})
    except AnsibleActionFail:
        assert is_lost
    assert "".join(said) == shown


@pytest.mark.parametrize(
    ("rewrites", "tail", "shown"),
    [
        ("1", False, Line("host-2", "  0:00 measuring: two").message),
        ("0", True, "i-2 c7i.large | one\ni-2 c7i.large | two\n"),
        ("", True, "i-2 c7i.large | one\ni-2 c7i.large | two\n"),
    ],
    ids=["terminal", "no terminal", "verbose"],
)
def test_what_is_shown_of_one_of_several_hosts_says_which_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rewrites: str, tail: bool, shown: str
) -> None:
    monkeypatch.setenv("BENCHMARKS_REWRITE_LINES", rewrites)
    monkeypatch.setenv(events.VARIABLE, str(tmp_path))
    record_files.write(tmp_path, records.preflight(launches=(records.launch_plan(), records.launch_plan(host=2))))
    record_files.write(tmp_path, records.instances(instances=(records.instance("i-2", host=2),)))
    over = look("inactive", "success exited 0", 8, b"")
    log = look("active", "-", 8, b"one\ntwo\n")
    action, _ = made(monkeypatch, UNKNOWN, DONE, DONE, log, over, over)
    action._task.args |= {"expected": 0, "tail": tail, "log_here": str(tmp_path / "log")}
    said: list[str] = []
    monkeypatch.setattr(
        sys.modules[type(action).__module__].display,
        "display",
        lambda text, newline=True, **_: said.append(text + ("\n" if newline else "")),
    )
    assert action.run(task_vars={"inventory_hostname": "host-2"}) == {"changed": True}
    assert "".join(said) == shown


def test_a_step_that_is_over_is_not_told_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(events.VARIABLE, str(tmp_path))
    action, _ = made(monkeypatch, look("inactive", "success exited 0", 0, b""))
    assert action.run(task_vars={"inventory_hostname": "i-1"}) == {"changed": False}
    assert list(tmp_path.iterdir()) == []


def test_a_step_that_failed_shows_the_end_of_its_log_and_where_the_rest_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ended = look("inactive", "timeout killed TERM", 18, b"one\ntwo\n")
    action, _ = made(monkeypatch, UNKNOWN, DONE, DONE, ended, look("inactive", "timeout killed TERM", 18, b""), ended)
    action._task.args |= {"expected": 0, "tail": False, "log_here": str(tmp_path / "log")}
    result = action.run(task_vars={"inventory_hostname": "i-1"})
    assert result["msg"].startswith("The benchmark run was stopped at its limit of 1 minute; ")
    assert list(result["detail"]) == ["one", "two"]
    assert result["next"] == f"The whole log is in {tmp_path / 'log'}"


@pytest.mark.parametrize(
    ("gone", "result", "told"),
    [
        ("i-1 is terminated: Taken back.", "success killed TERM power-off", r"^i-1 is terminated: Taken back\. "),
        ("", "success killed TERM power-off", r"^The benchmark run was stopped because the machine was shut down or "),
        ("i-1 is terminated: Taken back.", "exit-code exited 1", r"^The benchmark run failed"),
    ],
)
def test_a_step_that_a_shutdown_stops_is_told_with_the_reason_of_ec2(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, gone: str, result: str, told: str
) -> None:
    ended = [look("inactive", result, 0, b"")] * 2
    action, _ = made(monkeypatch, UNKNOWN, DONE, DONE, *ended, gone=gone)
    action._task.args |= {"expected": 0, "tail": False, "log_here": str(tmp_path / "log")}
    try:
        said = action.run(task_vars={"inventory_hostname": "i-1"})["msg"]
    except AnsibleActionFail as failed:
        said = str(failed)
    assert re.match(told, said), said
