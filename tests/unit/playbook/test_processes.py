"""Signals, and the end of a child with all its family: real processes, seen from outside."""

from __future__ import annotations

import contextlib
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
from benchmarks.playbook import processes, signals
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


@pytest.fixture
def at_a_terminal() -> Iterator[None]:
    """SIGHUP as a shell at a terminal leaves it, also where the tests themselves run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("at_a_terminal")
@pytest.mark.parametrize("number", signals.SIGNALS)
def test_a_signal_interrupts_once_and_is_ignored_while_cleaning_up(number: signal.Signals) -> None:
    before = [signal.getsignal(each) for each in signals.SIGNALS]
    with signals.signals_raise("stopping"):
        with pytest.raises(signals.SignalError) as interrupted:
            signal.raise_signal(number)
        for again in signals.SIGNALS:
            signal.raise_signal(again)
    assert (interrupted.value.number, str(interrupted.value)) == (number, number.name)
    assert [signal.getsignal(each) for each in signals.SIGNALS] == before


def test_a_run_under_nohup_outlives_its_terminal() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals.signals_raise("stopping"):
            signal.raise_signal(signal.SIGHUP)
            with pytest.raises(signals.SignalError):
                signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGHUP, before)


# Hands a command on to `run_handing_on`; the command tidies up for a while when it is told to end.
HANDS_ON = """
import os, sys
from benchmarks.playbook import signals
sys.exit(signals.run_handing_on([sys.executable, "-c", sys.argv[1], sys.argv[2]], dict(os.environ)))
"""
TIDIES_UP = """
import pathlib, signal, sys, time
def tidy(number, _frame):
    time.sleep(1)
    pathlib.Path(sys.argv[1]).write_text("tidy")
    sys.exit(128 + number)
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, tidy)
print("ready", flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("to_both", [False, True], ids=["alone", "as from a terminal"])
def test_a_command_that_a_signal_is_handed_to_is_waited_for(
    tmp_path: Path, number: signal.Signals, to_both: bool
) -> None:
    command = [sys.executable, "-c", HANDS_ON, TIDIES_UP, str(tmp_path / "left")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        (os.killpg if to_both else os.kill)(process.pid, number)
        try:
            assert process.wait(timeout=30) == 128 + number
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    assert (tmp_path / "left").read_text() == "tidy"


def test_a_command_that_a_signal_kills_ends_as_in_a_shell() -> None:
    script = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert signals.run_handing_on([sys.executable, "-c", script], dict(os.environ)) == 128 + signal.SIGKILL
