"""What is recorded of a playbook, whatever is shown of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.loader import callback_loader

from benchmarks.host import host_check
from benchmarks.paths import ROOT
from benchmarks.playbook import host_losses, stages
from benchmarks.runs import events, locks, record_files
from benchmarks.runs.records import Stages, StageTime
from tests.support import records
from tests.support.events import brief, read

OVER = SimpleNamespace(failures={}, dark={})
LAST = SimpleNamespace(action="command", _uuid="last")
PLAY = SimpleNamespace(get_loader=lambda: None, get_name=lambda: "Play", tasks=[LAST])
LOCALHOST = SimpleNamespace(get_name=lambda: "localhost")
HOST = SimpleNamespace(get_name=lambda: "i-1")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    directory = tmp_path / "r1"
    directory.mkdir()
    return directory


@pytest.fixture
def play(run: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Begins a play of a playbook that works for the run."""
    monkeypatch.setattr("benchmarks.terminal.streams.ignore_closed_output", lambda: None)
    monkeypatch.setenv(events.VARIABLE, "")
    monkeypatch.delenv(stages.VARIABLE, raising=False)
    callback_loader.add_directory(str(ROOT / "plugins/callback"))

    def begin(playbook: str = "benchmark") -> Any:
        host_losses.of_this_process.cache_clear()
        plugin = callback_loader.get("record_progress")
        given = {"run_id": run.name, "runs_dir": str(run.parent)}
        monkeypatch.setattr(sys.modules[type(plugin).__module__], "load_extra_vars", lambda _: given)
        plugin.v2_playbook_on_start(SimpleNamespace(_file_name=f"playbooks/{playbook}.yml"))
        plugin.v2_playbook_on_play_start(PLAY)
        return plugin

    return begin


def task(role: str | None, **more: Any) -> SimpleNamespace:
    named = SimpleNamespace(get_name=lambda: role) if role else None
    base = {"action": "command", "delegate_to": None, "_parent": None, "get_name": lambda: "Do it", "_uuid": "1"}
    return SimpleNamespace(_role=named, **{**base, **more})


def start(plugin: Any, role: str | None, host: SimpleNamespace = LOCALHOST) -> SimpleNamespace:
    begun = task(role)
    plugin.v2_runner_on_start(host, begun)
    return begun


def succeed(plugin: Any, role: str, host: SimpleNamespace = LOCALHOST, **result: Any) -> None:
    plugin.v2_runner_on_ok(SimpleNamespace(_result=result, _host=host, _task=start(plugin, role, host)))


def fail(plugin: Any, role: str | None, host: SimpleNamespace, **result: Any) -> None:
    plugin.v2_runner_on_failed(SimpleNamespace(_result=result, _host=host, _task=start(plugin, role, host)))


def times(directory: Path) -> dict[str, StageTime]:
    found = record_files.read(Stages, directory)
    assert found
    return {one.name: one for one in found.stages}


def test_stages_warnings_and_failures_are_events_in_the_order_of_what_happened(
    play: Callable[..., Any], run: Path
) -> None:
    plugin = play()
    succeed(plugin, "preflight", warnings=["The quota could not be checked."])
    succeed(plugin, "preflight", warnings=["The quota could not be checked."])
    record_files.write(run, records.preflight())
    start(plugin, None)
    fail(plugin, "benchmark", HOST, msg="The build failed: no type.", detail=["a line of the log"])
    fail(plugin, "benchmark", HOST, msg="The build failed: no type.")
    start(plugin, "terminate", HOST)
    plugin.v2_playbook_on_stats(SimpleNamespace(failures={"localhost": 1}, dark={}))

    assert brief(run) == [
        ("run-begun", "benchmark"),
        ("stage-begun", "localhost", "preflight"),
        ("warning", "The quota could not be checked."),
        ("stage-ended", "localhost", "preflight", "done"),
        ("stage-begun", "i-1", "benchmark"),
        ("failure", "i-1", "benchmark", "Do it", "The build failed: no type."),
        ("stage-ended", "i-1", "benchmark", "failed"),
        ("stage-begun", "i-1", "terminate"),
        ("stage-ended", "i-1", "terminate", "skipped"),
        ("run-ended", True),
    ]
    assert all(event["run_id"] == "r1" and event["schema_version"] == 1 for event in read(run))
    assert {name: one.failed for name, one in times(run).items()} == {"preflight": False, "benchmark": True}


def test_stages_of_two_hosts_are_told_apart(play: Callable[..., Any], run: Path) -> None:
    plugin = play()
    other = SimpleNamespace(get_name=lambda: "i-2")
    succeed(plugin, "toolchain", HOST)
    succeed(plugin, "toolchain", other)
    succeed(plugin, "benchmark", HOST)
    plugin.v2_playbook_on_stats(OVER)
    assert [event[1:3] for event in brief(run) if event[0] == "stage-begun"] == [
        ("i-1", "toolchain"),
        ("i-2", "toolchain"),
        ("i-1", "benchmark"),
    ]


def test_a_run_that_was_planned_before_is_continued(play: Callable[..., Any], run: Path) -> None:
    record_files.write(run, records.preflight())
    succeed(play("finish"), "collect", HOST)
    assert brief(run)[0] == ("run-continued", "finish")


def test_who_started_the_playbook_tells_the_end_while_it_lives(
    play: Callable[..., Any], run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stages.pipe() as pipe:
        monkeypatch.setenv(stages.VARIABLE, pipe.environment[stages.VARIABLE])
        plugin = play()
        succeed(plugin, "preflight")
        plugin.v2_playbook_on_stats(OVER)
        assert "run-ended" not in [event[0] for event in brief(run)]
        reached = pipe.reached()
        assert reached.begun == reached.ended == frozenset({"preflight"})
    reader, writer = os.pipe()
    os.close(reader)
    monkeypatch.setenv(stages.VARIABLE, str(writer))
    plugin.v2_playbook_on_stats(OVER)
    os.close(writer)
    assert brief(run)[-1] == ("run-ended", False)


def test_the_processes_of_tasks_find_the_runs_events(play: Callable[..., Any], run: Path) -> None:
    play()
    assert events.here() == run


@pytest.mark.parametrize("playbook", ["terminate", "setup", "types"])
def test_only_a_run_s_own_playbooks_are_its_history(play: Callable[..., Any], run: Path, playbook: str) -> None:
    plugin = play(playbook)
    succeed(plugin, "preflight")
    plugin.v2_playbook_on_stats(OVER)
    assert list(run.iterdir()) == []
    assert events.here() is None


def test_check_mode_is_no_part_of_the_history(
    play: Callable[..., Any], run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ansible.context.CLIARGS", {"check": True})
    plugin = play()
    succeed(plugin, "preflight")
    plugin.v2_playbook_on_stats(OVER)
    assert list(run.iterdir()) == []


def test_a_run_that_another_process_carries_out_is_left_alone(
    play: Callable[..., Any], run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(locks._refusals, run, "The run r1 is being carried out by process 1.")
    plugin = play()
    fail(plugin, "preflight", LOCALHOST, msg="The run r1 is being carried out by process 1.")
    plugin.v2_playbook_on_stats(OVER)
    assert list(run.iterdir()) == []


def test_a_run_without_a_directory_is_carried_out_and_records_nothing(play: Callable[..., Any], run: Path) -> None:
    plugin = play()
    run.rmdir()
    succeed(plugin, "preflight")
    plugin.v2_playbook_on_stats(OVER)
    assert not run.exists()


def test_a_later_call_keeps_the_times_of_stages_that_it_has_not_done(play: Callable[..., Any], run: Path) -> None:
    benchmark = StageTime(name="benchmark", seconds=60.0, failed=False)
    record_files.write(run, Stages(stages=(benchmark, StageTime(name="terminate", seconds=9.0, failed=True))))
    plugin = play()
    succeed(plugin, "terminate")
    plugin.v2_playbook_on_stats(OVER)
    assert times(run)["benchmark"] == benchmark
    assert not times(run)["terminate"].failed


def test_times_of_an_earlier_attempt_are_not_told_of_the_next(play: Callable[..., Any], run: Path) -> None:
    names = ("launch", "toolchain", "benchmark", "publish")
    earlier = {name: StageTime(name=name, seconds=60.0, failed=False) for name in names}
    record_files.write(run, Stages(stages=tuple(earlier.values())))
    plugin = play()
    succeed(plugin, "toolchain")
    plugin.v2_playbook_on_stats(OVER)
    assert times(run).keys() == {"launch", "toolchain"}
    assert times(run)["launch"] == earlier["launch"]
    assert times(run)["toolchain"] != earlier["toolchain"]


def test_an_answer_is_told_to_whoever_started_the_playbook_and_is_no_failure(
    play: Callable[..., Any], run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stages.pipe() as pipe:
        monkeypatch.setenv(stages.VARIABLE, pipe.environment[stages.VARIABLE])
        plugin = play()
        fail(plugin, "preflight", LOCALHOST, msg="Nothing can be created.", is_answer=True)
        assert pipe.reached().answered_no
    assert "failure" not in [event[0] for event in brief(run)]


def test_screen_and_events_ask_ec2_once_about_a_host_that_does_not_answer(
    play: Callable[..., Any], run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record_files.write(run, records.instances("i-1"))
    asked: list[Any] = []

    def gone(command: Any) -> str:
        asked.append(command)
        return ""

    monkeypatch.setattr(host_check, "gone", gone)
    recording, screen = play(), callback_loader.get("stages")
    screen._directory = run
    lost = {"unreachable": True, "msg": "Failed to connect to the host via ssh: Connection timed out"}
    for plugin in (screen, recording):
        plugin.v2_runner_on_unreachable(SimpleNamespace(_result=lost, _host=HOST, _task=task("toolchain")))
    assert len(asked) == 1
    told = brief(run)[-1][-1]
    assert told.startswith("i-1 does not answer over SSH: Connection timed out.")
    assert told in capsys.readouterr().err


def test_the_stages_of_a_play_end_with_it(play: Callable[..., Any], run: Path) -> None:
    plugin = play()
    succeed(plugin, "launch")
    plugin.v2_playbook_on_play_start(PLAY)
    assert brief(run)[-1] == ("stage-ended", "localhost", "launch", "done")


def test_what_hosts_are_at_is_told_to_whoever_started_the_playbook(
    play: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = SimpleNamespace(get_name=lambda: "i-2")
    with stages.pipe() as pipe:
        plugin = play()
        for name, value in pipe.environment.items():
            monkeypatch.setenv(name, value)
        start(plugin, "preflight")
        start(plugin, None, HOST)
        fail(plugin, "toolchain", other, msg="No.")
        start(plugin, "terminate", HOST)
        hosts = pipe.reached().hosts
    assert hosts.works == {"i-1", "i-2"}
    assert hosts.ending == {"i-1"}
    assert hosts.failed == {"i-2"}


@pytest.fixture
def several(run: Path) -> Path:
    """The directory of a run of three hosts, of which the last waits to be launched."""
    launches = tuple(records.launch_plan(host=number) for number in (1, 2, 3))
    record_files.write(run, records.preflight(launches=launches))
    record_files.write(run, records.instances("i-1", "i-2"))
    return run


OTHER = SimpleNamespace(get_name=lambda: "i-2")
WAITING = SimpleNamespace(get_name=lambda: "host-3")


def test_a_stage_has_begun_with_its_first_host_and_ended_with_its_last(
    play: Callable[..., Any], several: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stages.pipe() as pipe:
        monkeypatch.setenv(stages.VARIABLE, pipe.environment[stages.VARIABLE])
        plugin = play()
        for role, host in [("toolchain", HOST), ("toolchain", OTHER), ("benchmark", HOST)]:
            succeed(plugin, role, host)
        assert pipe.reached().begun == {"toolchain", "benchmark"}
        assert not pipe.reached().ended
        succeed(plugin, "benchmark", OTHER)
        assert pipe.reached().ended == {"toolchain"}
        plugin.v2_playbook_on_stats(OVER)
        assert pipe.reached().ended == {"toolchain", "benchmark"}


def test_a_host_that_is_done_is_at_no_stage_any_more_while_others_go_on(
    play: Callable[..., Any], several: Path
) -> None:
    plugin = play()
    succeed(plugin, "terminate", HOST)
    succeed(plugin, "toolchain", OTHER)
    plugin.v2_runner_on_skipped(SimpleNamespace(_result={}, _host=HOST, _task=LAST))
    assert brief(several)[-1] == ("stage-ended", "i-1", "terminate", "done")
    assert "terminate" in times(several)


def test_a_host_that_waits_is_named_by_its_instance_once_it_is_launched(
    play: Callable[..., Any], several: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stages.pipe() as pipe:
        monkeypatch.setenv(stages.VARIABLE, pipe.environment[stages.VARIABLE])
        plugin = play()
        stages.tell("works", "i-1")
        stages.tell("measures", "i-1")
        start(plugin, "launch", WAITING)
        assert pipe.reached().is_launching
        # Whoever comes back launches it.
        assert pipe.reached().hosts.can_be_left
        record_files.write(several, records.instances("i-1", "i-2", "i-3"))
        succeed(plugin, "toolchain", WAITING)
        assert not pipe.reached().hosts.can_be_left
        stages.tell("measures", "i-3")
        reached = pipe.reached()
    assert reached.hosts.works == {"i-1", "i-3"}
    assert not reached.is_launching
    assert reached.hosts.can_be_left
    assert brief(several)[1:] == [
        ("stage-begun", "host-3", "launch"),
        # By the name with which it began.
        ("stage-ended", "host-3", "launch", "skipped"),
        ("stage-begun", "i-3", "toolchain"),
    ]


def test_a_host_that_could_not_be_launched_is_not_waited_for(
    play: Callable[..., Any], several: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stages.pipe() as pipe:
        monkeypatch.setenv(stages.VARIABLE, pipe.environment[stages.VARIABLE])
        plugin = play()
        fail(plugin, "launch", WAITING, msg="EC2 has none.")
        assert not pipe.reached().hosts.unlaunched
    assert ("failure", "host-3", "launch", "Do it", "EC2 has none.") in brief(several)


def test_the_same_failure_on_two_hosts_is_two_and_the_controller_only_repeats_it(
    play: Callable[..., Any], several: Path
) -> None:
    plugin = play()
    for host in (HOST, OTHER, HOST):
        fail(plugin, "toolchain", host, msg="No space is left.")
    fail(plugin, None, LOCALHOST, msg="No space is left.")
    assert [event[1] for event in brief(several) if event[0] == "failure"] == ["i-1", "i-2"]


@pytest.mark.parametrize("has_failed", [False, True])
def test_waiting_for_the_quota_is_no_part_of_a_launch(
    play: Callable[..., Any], several: Path, has_failed: bool
) -> None:
    plugin = play()
    begun = start(plugin, "launch", WAITING)
    plugin._of_hosts["host-3"].begun -= 3607
    ended = SimpleNamespace(_result={"waited": 3600.0}, _host=WAITING, _task=begun)
    (plugin.v2_runner_on_failed if has_failed else plugin.v2_runner_on_ok)(ended)
    plugin.v2_playbook_on_stats(OVER)
    assert 7 <= times(several)["launch"].seconds < 60
    assert 7 <= read(several)[-2]["seconds"] < 60
