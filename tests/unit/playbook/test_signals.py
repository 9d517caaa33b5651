"""Signals raise once, or are handed on: real processes, seen from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.paths import ROOT
from benchmarks.playbook import signals


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


LEAVING = signals.Leaving(lambda: True, "leaving it", "ends it")


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C comes from a terminal."""
    monkeypatch.setattr(signals, "_is_at_terminal", lambda: True)


@pytest.mark.usefixtures("at_a_terminal", "typed")
@pytest.mark.parametrize(
    ("number", "said"),
    [
        (signal.SIGINT, "\nSIGINT: leaving it; Ctrl-C again within 5 s ends it …\n"),
        (signal.SIGHUP, "\nSIGHUP: leaving it …\n"),
    ],
)
def test_what_can_be_left_is_left_at_the_first_ctrl_c_and_when_the_terminal_closes(
    capfd: pytest.CaptureFixture[str], number: signal.Signals, said: str
) -> None:
    before = [signal.getsignal(each) for each in signals.SIGNALS]
    with signals.signals_raise("ending", LEAVING) as caught:
        with pytest.raises(signals.LeaveError) as left:
            signal.raise_signal(number)
        # The terminal may close after Ctrl-C, which changes nothing.
        signal.raise_signal(signal.SIGHUP)
        caught.may_interrupt()
        caught.wait(left.value.at)
    assert left.value.number == number
    assert capfd.readouterr().err == said
    assert [signal.getsignal(each) for each in signals.SIGNALS] == before


@pytest.mark.usefixtures("at_a_terminal", "typed")
@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("early", [True, False], ids=["while it is being left", "while it is waited for"])
def test_a_second_signal_soon_after_ctrl_c_is_one_as_ever(
    capfd: pytest.CaptureFixture[str], second: signal.Signals, early: bool
) -> None:
    with signals.signals_raise("ending", LEAVING) as caught:
        with pytest.raises(signals.LeaveError):
            signal.raise_signal(signal.SIGINT)
        if early:
            signal.raise_signal(second)
        with pytest.raises(signals.SignalError) as ended:
            caught.may_interrupt()
            signal.raise_signal(second)
        signal.raise_signal(signal.SIGINT)
    assert ended.value.number == second
    assert capfd.readouterr().err.endswith(f"\n{second.name}: ending …\n")


@pytest.mark.usefixtures("at_a_terminal")
@pytest.mark.parametrize(
    ("number", "at_terminal", "possible"),
    [(signal.SIGINT, False, True), (signal.SIGTERM, True, True), (signal.SIGINT, True, False)],
    ids=["no terminal", "SIGTERM", "nothing to leave"],
)
def test_whatever_else_comes_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals, at_terminal: bool, possible: bool
) -> None:
    monkeypatch.setattr(signals, "_is_at_terminal", lambda: at_terminal)
    leaving = signals.Leaving(lambda: possible, "leaving it", "ends it")
    with signals.signals_raise("ending", leaving), pytest.raises(signals.SignalError):
        signal.raise_signal(number)


# Runs a command by `run_forwarding_signals`; the command cleans up for a while after a signal.
HANDS_ON = """
import os, sys
from benchmarks.playbook import signals
sys.exit(signals.run_forwarding_signals([sys.executable, "-c", sys.argv[1], sys.argv[2]], dict(os.environ)))
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


# Two signals at the same moment would count as one.
AT_TERMINAL = """
import fcntl, subprocess, termios, time
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
send = subprocess.Popen.send_signal
subprocess.Popen.send_signal = lambda process, number: (time.sleep(0.3), send(process, number))
"""
COUNTS = """
import signal, sys, time
count = 0
def note(number, _frame):
    global count
    count += 1
signal.signal(signal.SIGINT, note)
print("ready", flush=True)
until = time.monotonic() + 60
while not count and time.monotonic() < until:
    time.sleep(0.05)
time.sleep(1)
sys.exit(count)
"""


def test_a_command_gets_one_ctrl_c_of_the_terminal_once() -> None:
    terminal, slave = os.openpty()
    command = [sys.executable, "-c", AT_TERMINAL + HANDS_ON, COUNTS, ""]
    try:
        with subprocess.Popen(
            command, cwd=ROOT, stdin=slave, stdout=subprocess.PIPE, start_new_session=True
        ) as process:
            assert process.stdout
            assert process.stdout.readline() == b"ready\n"
            os.write(terminal, b"\x03")
            try:
                assert process.wait(timeout=30) == 1
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
    finally:
        os.close(terminal)
        os.close(slave)


def test_a_command_that_a_signal_kills_ends_as_in_a_shell() -> None:
    script = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert signals.run_forwarding_signals([sys.executable, "-c", script], dict(os.environ)) == 128 + signal.SIGKILL
