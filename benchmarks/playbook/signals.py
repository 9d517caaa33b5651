"""Ctrl-C and other signals: raise an exception once, or forward them to a child.

While something may be left to itself, the first Ctrl-C does that, and a second one soon after it is a signal as ever. A
later one only shortens what is still said.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


SECOND = 5.0  # seconds within which a second Ctrl-C does what a first one does where nothing can be left
_PAUSE = 0.05  # seconds between two looks for one


class SignalError(BaseException):
    """This process has received the signal `number`."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


class LeaveError(BaseException):
    """This process has received the signal `number`, at which it leaves what it does to itself."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number
        self.at = time.monotonic()

    @property
    def is_typed(self) -> bool:
        """Whether somebody has typed it, and may do so again."""
        return self.number == signal.SIGINT


class LeftError(SystemExit):
    """After a signal, something goes on without this process, and the user has been told how to come back to it."""


@dataclass(frozen=True)
class Leaving:
    """What Ctrl-C at a terminal, and the terminal's end, do if `is_possible`; what that is, is printed at once."""

    is_possible: Callable[[], bool]
    doing: str
    second: str  # what a second Ctrl-C does


class Caught:
    """The signals that have arrived since the first one, at which something was left to itself."""

    def __init__(self) -> None:
        self._again: int | None = None
        self._late: int | None = None
        self._raises = False
        self._is_told = False

    def note(self, number: int) -> None:
        """Keep a signal until it may interrupt."""
        self._again = self._again or number
        self.check()

    def note_late(self, number: int) -> None:
        """Keep a Ctrl-C that came too late to end anything until the way back was told."""
        self._late = self._late or number
        self.check()

    def check(self) -> None:
        if self._raises and self._again:
            raise SignalError(self._again)
        if self._is_told and self._late:
            raise LeftError(128 + self._late)

    def may_interrupt(self) -> None:
        """From now on, a signal raises SignalError: at once if it has arrived before."""
        self._raises = True
        self.check()

    def is_told(self) -> None:
        """From now on, a late Ctrl-C raises LeftError: at once if it has arrived before."""
        self._is_told = True
        self.check()

    def wait(self, until: float) -> None:
        """Wait for a signal until this time of time.monotonic()."""
        while time.monotonic() < until:
            time.sleep(_PAUSE)


def _handled() -> Iterator[signal.Signals]:
    """SIGNALS, but not SIGHUP if it is ignored, as under nohup."""
    for each in SIGNALS:
        if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN:
            yield each


def _is_at_terminal() -> bool:
    """Whether somebody may see what is printed, and may type Ctrl-C again."""
    return any(map(os.isatty, (0, 1)))


def _say(number: int, doing: str) -> None:
    # After SIGHUP there is no terminal any more.
    with suppress(OSError):
        os.write(2, f"\n{signal.Signals(number).name}: {doing} …\n".encode())


@contextmanager
def signals_raise(doing: str, leaving: Leaving | None = None) -> Iterator[Caught]:
    """Raise SignalError on the first of SIGNALS. Later ones are ignored, so that nothing interrupts the cleanup.

    `doing` is printed at once: what this process does after the signal. If `leaving` is possible, Ctrl-C at a terminal
    and SIGHUP raise LeaveError instead. What is yielded then gets a second Ctrl-C, and SIGTERM. Whoever types it later
    than SECOND seconds after the first one was not promised that anything ends.
    """
    caught = Caught()
    until = 0.0  # of time.monotonic(), for a second Ctrl-C

    def ignore(numbers: Sequence[int]) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)

    def interrupt(number: int, _frame: FrameType | None) -> None:
        nonlocal until
        leaves = leaving is not None and (number == signal.SIGHUP or (number == signal.SIGINT and _is_at_terminal()))
        if leaving and leaves and leaving.is_possible():
            for each in (signal.SIGINT, signal.SIGTERM):
                signal.signal(each, again)
            ignore([signal.SIGHUP])
            error = LeaveError(number)
            until = error.at + SECOND
            second = f"; Ctrl-C again within {SECOND:.0f} s {leaving.second}" if error.is_typed else ""
            _say(number, f"{leaving.doing}{second}")
            raise error
        ignore(SIGNALS)
        _say(number, doing)
        raise SignalError(number)

    def again(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and time.monotonic() > until:
            ignore([signal.SIGINT])
            caught.note_late(number)
            return
        ignore(SIGNALS)
        _say(number, doing)
        caught.note(number)

    before = {each: signal.signal(each, interrupt) for each in _handled()}
    try:
        yield caught
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _is_in_foreground() -> bool:
    """Whether the controlling terminal sends Ctrl-C to this process's group."""
    try:
        terminal = os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def run_forwarding_signals(argv: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command that cleans up after a signal itself. Returns its exit code as a shell would.

    Signals to this process are forwarded to the command, and this process waits for its end. In the foreground of a
    terminal SIGINT is not: the terminal has sent it to the command too, which would take another for a second Ctrl-C.
    """
    process: subprocess.Popen[bytes] | None = None

    def forward(number: int, _frame: FrameType | None) -> None:
        if process and not (number == signal.SIGINT and _is_in_foreground()):
            process.send_signal(number)

    before = {each: signal.signal(each, forward) for each in _handled()}
    try:
        process = subprocess.Popen(argv, env=environment)
        code = process.wait()
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    return code if code >= 0 else 128 - code
