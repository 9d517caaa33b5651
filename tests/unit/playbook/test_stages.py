"""How far a playbook has come, and how long its stages have taken."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.playbook import stages
from benchmarks.runs import record_files
from benchmarks.runs.records import Stages, StageTime


def test_telling_somebody_who_is_gone_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    monkeypatch.setenv(stages.VARIABLE, str(writer))
    try:
        assert not stages.tell("begun", "launch")
    finally:
        os.close(writer)


def test_what_was_told_by_the_pipe_is_known_also_after_it_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    with stages.pipe() as pipe:
        for name, value in pipe.environment.items():
            monkeypatch.setenv(name, value)
        for event, stage in (("begun", "preflight"), ("ended", "preflight"), ("begun", "launch")):
            stages.tell(event, stage)
        assert pipe.reached().is_launching
        assert stages.tell("over", "benchmark")
        stages.tell("play", stages.LAST_PLAY)
    reached = pipe.reached()
    assert reached.begun == {"preflight", "launch"}
    assert reached.started
    assert reached.ended_by_itself


def test_an_answer_of_no_is_told_from_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    with stages.pipe() as pipe:
        for name, value in pipe.environment.items():
            monkeypatch.setenv(name, value)
        stages.tell("begun", "preflight")
        assert not pipe.reached().answered_no
        stages.tell("answered", "preflight")
        assert pipe.reached().answered_no
        assert not pipe.reached().started


def test_a_run_can_be_left_once_every_host_that_still_works_measures() -> None:
    both = frozenset({"a", "b"})
    one, other = frozenset({"a"}), frozenset({"b"})
    assert not stages.NOTHING.hosts.can_be_left
    assert not stages.Hosts(works=one).can_be_left
    assert stages.Hosts(works=one, measures=one).can_be_left
    # What has been measured is still there, and only there.
    assert stages.Hosts(works=one, measures=one, measured=one).can_be_left
    assert not stages.Hosts(works=one, measures=one, ending=one).can_be_left
    assert not stages.Hosts(works=both, measures=one).can_be_left
    assert stages.Hosts(works=both, measures=one, ending=other).can_be_left
    assert stages.Hosts(works=both, measures=one, failed=other).can_be_left
    # A build that failed leaves nothing that goes on.
    assert not stages.Hosts(works=one, failed=one).can_be_left
    # Nobody knows whether one measures that does not answer, and it is left as it is.
    assert stages.Hosts(works=both, measures=one, left=other).can_be_left
    # One that nobody waits for goes on, whatever the playbook does in the end.
    assert stages.Hosts(works=one, measures=one, left=one, ending=one).can_be_left


def test_what_hosts_are_at_is_told_by_the_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    with stages.pipe() as pipe:
        for name, value in pipe.environment.items():
            monkeypatch.setenv(name, value)
        for event in stages.OF_HOST:
            stages.tell(event, f"i-{event}")
        hosts = pipe.reached().hosts
    for event in stages.OF_HOST:
        assert getattr(hosts, event) == {f"i-{event}"}


def test_a_playbook_that_nobody_has_started_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(stages.VARIABLE, raising=False)
    monkeypatch.setattr(os, "write", lambda *_: pytest.fail("wrote"))
    assert not stages.tell("begun", "preflight")


def test_the_times_of_a_stage_that_comes_again_are_added_up(tmp_path: Path) -> None:
    times = stages.Times()
    times.add("i-1", "publish", 1.5, failed=True)
    times.add("i-1", "publish", 2.0, failed=False)
    times.note(tmp_path, "publish")
    assert record_files.read(Stages, tmp_path) == Stages(stages=(StageTime(name="publish", seconds=3.5, failed=True),))
    assert stages.times(tmp_path) == {"publish": 3.5}


def test_a_stage_took_what_the_controller_did_and_then_the_longest_of_the_hosts(tmp_path: Path) -> None:
    times = stages.Times()
    for host, seconds in [("localhost", 30.0), ("i-1", 5.0), ("i-2", 7.0), ("i-1", 4.0)]:
        times.add(host, "launch", seconds, failed=host == "i-2")
    times.note(tmp_path, "launch")
    assert record_files.read(Stages, tmp_path) == Stages(stages=(StageTime(name="launch", seconds=39.0, failed=True),))


def test_stages_are_in_the_order_of_an_attempt_whichever_host_ends_which_first(tmp_path: Path) -> None:
    times = stages.Times()
    for name in ("preflight", "terminate", "launch", "benchmark", "toolchain"):
        times.add("i-1", name, 1.0, failed=False)
        times.note(tmp_path, name)
    assert list(stages.times(tmp_path)) == ["preflight", "launch", "toolchain", "benchmark", "terminate"]


def test_a_run_without_times_has_none(tmp_path: Path) -> None:
    assert stages.times(tmp_path) == {}
