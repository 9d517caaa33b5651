"""Ctrl-C and other signals: raise an exception once, or forward them to a child."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class SignalError(BaseException):
    """This process has received the signal `number`."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def _handled() -> Iterator[signal.Signals]:
    """SIGNALS, but not SIGHUP if it is ignored, as under nohup."""
    for each in SIGNALS:
        if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN:
            yield each


@contextmanager
def signals_raise(doing: str) -> Iterator[None]:
    """Raise SignalError on the first of SIGNALS. Later ones are ignored, so that nothing interrupts the cleanup.

    `doing` is printed at once: what this process does after the signal.
    """

    def interrupt(number: int, _frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        with suppress(OSError):
            os.write(2, f"\n{signal.Signals(number).name}: {doing} …\n".encode())
        raise SignalError(number)

    before = {each: signal.signal(each, interrupt) for each in _handled()}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def run_forwarding_signals(argv: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command that cleans up after a signal itself. Returns its exit code as a shell would.

    Signals to this process are forwarded to the command, and this process waits for its end.
    """
    process: subprocess.Popen[bytes] | None = None

    def forward(number: int, _frame: FrameType | None) -> None:
        if process:
            process.send_signal(number)

    before = {each: signal.signal(each, forward) for each in _handled()}
    try:
        process = subprocess.Popen(argv, env=environment)
        code = process.wait()
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    return code if code >= 0 else 128 - code
