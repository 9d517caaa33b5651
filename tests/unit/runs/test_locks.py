"""One controller a run: real processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.errors import RefusedError
from benchmarks.runs import events, locks
from benchmarks.runs.event_records import Warned
from benchmarks.runs.records import Stages

HOLD = """
import sys, time
from pathlib import Path
from benchmarks.runs import locks
lock = locks.hold(Path(sys.argv[1]), sys.argv[2])
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock of a run."""
    argv = [sys.executable, "-c", HOLD, str(tmp_path / "r1"), locks.WRAPPER]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_who_holds_the_lock_is_told(other: subprocess.Popen[str], tmp_path: Path) -> None:
    for call in (locks.hold, locks.check):
        with pytest.raises(RefusedError) as refused:
            call(tmp_path / "r1", locks.WRAPPER)
        assert str(refused.value).startswith(f"The run r1 is being carried out by process {other.pid} (")
        assert str(refused.value).endswith(
            f"): wait for its end, end it by kill {other.pid}, or leave run_id out to start a new run."
        )


def test_a_note_that_is_damaged_is_no_hindrance(other: subprocess.Popen[str], tmp_path: Path) -> None:
    (tmp_path / "r1/.wrapper.json").write_text("{")
    with pytest.raises(RefusedError, match=r"^The run r1 is being carried out by another process: wait for its end\.$"):
        locks.check(tmp_path / "r1", locks.WRAPPER)


def test_the_lock_of_a_process_that_was_killed_is_free(other: subprocess.Popen[str], tmp_path: Path) -> None:
    other.kill()
    other.wait()
    locks.hold(tmp_path / "r1", locks.WRAPPER).release()


def test_wrapper_and_playbook_have_a_lock_each(other: subprocess.Popen[str], tmp_path: Path) -> None:
    locks.hold(tmp_path / "r1", locks.PLAYBOOK).release()


def test_looking_makes_no_directory(tmp_path: Path) -> None:
    locks.check(tmp_path / "r1", locks.WRAPPER)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("of_the_run", "stays"), [(None, False), ("preflight.json", True)])
def test_a_directory_of_nothing_but_what_was_told_of_a_refusal_is_removed(
    tmp_path: Path, of_the_run: str | None, stays: bool
) -> None:
    locks.hold_for_playbook(tmp_path / "r1")
    events.note(tmp_path / "r1", Warned(sentence="Refused."))
    (tmp_path / "r1" / Stages.FILE).write_text("{}")
    if of_the_run:
        (tmp_path / "r1" / of_the_run).write_text("{}")
    locks.remove_if_only_locked(tmp_path / "r1")
    assert (tmp_path / "r1").exists() == stays


def test_whether_a_lock_is_held_is_told_without_taking_it(other: subprocess.Popen[str], tmp_path: Path) -> None:
    note = (tmp_path / "r1/.wrapper.json").read_text()
    assert locks.is_held(tmp_path / "r1", locks.WRAPPER)
    assert not locks.is_held(tmp_path / "r1", locks.PLAYBOOK)
    assert not locks.is_held(tmp_path / "none", locks.WRAPPER)
    assert (tmp_path / "r1/.wrapper.json").read_text() == note
    assert not (tmp_path / "none").exists()
    other.kill()
    other.wait()
    assert not locks.is_held(tmp_path / "r1", locks.WRAPPER)
    locks.hold(tmp_path / "r1", locks.WRAPPER).release()
