"""What Ctrl-C and other signals do: they raise, once, or are handed on."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class SignalError(BaseException):
    """A signal has asked this process to end; `number` is its number."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def _heeded() -> Iterator[signal.Signals]:
    """SIGNALS; but what nohup has told to ignore its terminal's end goes on without it."""
    for each in SIGNALS:
        if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN:
            yield each


@contextmanager
def signals_raise(doing: str) -> Iterator[None]:
    """Turns the first of SIGNALS into SignalError; later ones are ignored, so that nothing interrupts cleaning up.

    The user is told at once what this process is `doing` then, whatever it is about.
    """

    def interrupt(number: int, _frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        with suppress(OSError):
            os.write(2, f"\n{signal.Signals(number).name}: {doing} …\n".encode())
        raise SignalError(number)

    before = {each: signal.signal(each, interrupt) for each in _heeded()}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def run_handing_on(argv: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command that cleans up on a signal by itself; its exit code, as a shell tells it.

    Whatever signal this process gets is handed on, and the command's end is waited for.
    """
    process: subprocess.Popen[bytes] | None = None

    def hand_on(number: int, _frame: FrameType | None) -> None:
        if process:
            process.send_signal(number)

    before = {each: signal.signal(each, hand_on) for each in _heeded()}
    try:
        process = subprocess.Popen(argv, env=environment)
        code = process.wait()
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    return code if code >= 0 else 128 - code
