"""A playbook that is carried out: what it tells, and what is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from benchmarks.playbook import playbook_process, stages
from benchmarks.playbook.command_line import Command

TELLING = """
import os, signal, subprocess, sys
from benchmarks.playbook import stages
for event, stage in (("begun", "preflight"), ("ended", "preflight"), ("begun", "launch")):
    stages.tell(event, stage)
# As a worker of Ansible's: in a session of its own, and outliving its parent.
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
open(sys.argv[1], "w").write(str(worker.pid))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_playbook_that_was_killed_has_told_how_far_it_came_and_nothing_of_it_is_left(tmp_path: Path) -> None:
    playing = playbook_process.Playing(Command((sys.executable, "-c", TELLING, str(tmp_path / "worker")), {}))
    with playing:
        code = playing.wait()
    assert code == -signal.SIGKILL
    assert playing.reached == stages.Reached(frozenset({"preflight", "launch"}), frozenset({"preflight"}), False)
    assert playing.reached.started
    assert playing.reached.is_launching
    assert not playing.reached.ended_by_itself
    deadline = time.monotonic() + 30
    while psutil.pid_exists(worker := int((tmp_path / "worker").read_text())):
        if psutil.Process(worker).status() == psutil.STATUS_ZOMBIE:
            break
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_playbook_that_never_began_has_done_nothing() -> None:
    playing = playbook_process.Playing(Command((sys.executable, "-c", ""), {}))
    with playing:
        assert playing.wait() == 0
    assert not playing.reached.started


def test_temporary_files_of_a_killed_process_are_removed_and_those_of_a_living_one_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left, living, used = (tmp_path / f"benchmarks-{pid}-x" for pid in (dead.pid, os.getpid(), dead.pid + 2**22))
    for directory in (left, living, used, tmp_path / "benchmarks-other"):
        directory.mkdir()
    environment = {**os.environ, playbook_process.SOCKETS: str(used)}
    playbook = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], env=environment)
    try:
        with playbook_process.temporary_directory() as directory:
            assert {path.name for path in tmp_path.iterdir()} == {
                living.name,
                used.name,
                directory.name,
                "benchmarks-other",
            }
    finally:
        playbook.kill()
        playbook.wait()
    assert not directory.exists()
