"""The end of a child with all its family: real processes, seen from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from benchmarks.paths import ROOT
from benchmarks.playbook import processes
from benchmarks.playbook.command_line import Command

# A parent with three children: a plain one, one in a session of its own, and one there that ignores SIGTERM.
FAMILY = """
import os, signal, subprocess, sys, time
sleep = "import time; time.sleep(600)"
deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); " + sleep
first = subprocess.Popen([sys.executable, "-c", sleep])
second = subprocess.Popen([sys.executable, "-c", sleep], start_new_session=True)
third = subprocess.Popen([sys.executable, "-c", deaf], start_new_session=True, stdout=subprocess.PIPE)
third.stdout.readline()
with open(sys.argv[1] + ".part", "w") as file:
    file.write(f"{os.getpid()} {first.pid} {second.pid} {third.pid}")
os.rename(sys.argv[1] + ".part", sys.argv[1])
time.sleep(600)
"""


def wait_for(holds: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def family(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], list[int]]]:
    """A child that runs, and the ids of all its family."""
    ids = tmp_path / "ids"
    started = processes.start(Command((sys.executable, "-c", FAMILY, str(ids)), {}))
    wait_for(ids.exists)
    pids = [int(pid) for pid in ids.read_text().split()]
    yield started, pids
    for pid in pids:
        if not is_gone(pid):
            os.kill(pid, signal.SIGKILL)
    started.wait()


def test_the_whole_family_ends_also_in_sessions_of_its_own_and_deaf_to_asking(
    family: tuple[subprocess.Popen[bytes], list[int]],
) -> None:
    started, pids = family
    assert len(pids) == 4
    assert not any(map(is_gone, pids))
    processes.end(started)
    wait_for(lambda: all(map(is_gone, pids)))
    assert started.returncode is not None


def test_a_child_that_has_ended_is_ended_already() -> None:
    started = processes.start(Command((sys.executable, "-c", "raise SystemExit(3)"), {}))
    started.wait()
    processes.end(started)
    assert started.returncode == 3


def test_a_child_has_a_session_of_its_own_the_given_environment_and_no_input(tmp_path: Path) -> None:
    script = (
        "import os, sys; open(sys.argv[1], 'w').write("
        "f\"{os.getsid(0) == os.getpid()} {os.environ['GIVEN']} {sys.stdin.read()!r} {os.getcwd()}\")"
    )
    started = processes.start(Command((sys.executable, "-c", script, str(tmp_path / "said")), {"GIVEN": "yes"}))
    assert started.wait() == 0
    assert (tmp_path / "said").read_text() == f"True yes '' {ROOT}"


class Starting:
    """A process that is being replaced by a program when it is first looked at."""

    def __init__(self, *environments: dict[str, str]) -> None:
        self._environments = iter(environments)

    def environ(self) -> dict[str, str]:
        return next(self._environments)


def test_a_process_that_is_just_starting_its_program_is_found_too(monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other, running = Starting({}, {"MARK": "1"}), Starting({}, {"MARK": "2"}), Starting({"MARK": "1"})
    empty, ended = Starting({}, {}), Starting({})
    monkeypatch.setattr(ended, "environ", lambda: (_ for _ in ()).throw(psutil.NoSuchProcess(1)))
    monkeypatch.setattr(psutil, "process_iter", lambda: iter([mine, other, running, empty, ended]))
    assert set(processes.having("MARK", "1")) == {mine, running}
