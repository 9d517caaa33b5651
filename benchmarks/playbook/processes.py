"""Children and signals: Ansible, which none reaches in its own session, and commands that they are handed on to."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

import psutil

from benchmarks.paths import ROOT
from benchmarks.playbook.command_line import Command

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 2.0  # seconds between asking a child to end and ending it


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


def start(command: Command, inherited: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own; of this process's files it has the `inherited` ones."""
    return subprocess.Popen(
        command.argv,
        cwd=ROOT,
        env={**os.environ, **command.environment},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=inherited,
    )


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


def having(variable: str, value: str) -> list[psutil.Process]:
    """The processes of this user that have `value` for an environment variable."""
    found = []
    for process in psutil.process_iter():
        # Others' environments are not to be read, and a process may end while it is looked at.
        with suppress(psutil.Error, OSError):
            if process.environ().get(variable) == value:
                found.append(process)
    return found


def lives(pid: int) -> bool:
    """Whether there is such a process of this user's."""
    with suppress(psutil.Error):
        return psutil.Process(pid).uids().real == os.getuid()
    return False


def end(child: subprocess.Popen[bytes] | None, mark: tuple[str, str] | None = None) -> None:
    """End the child, if there is one, and all its descendants.

    Ansible's workers have sessions of their own, and outlive a killed parent: then they are known by `mark`, a variable
    of their environment and its value.
    """
    family: list[psutil.Process] = []
    with suppress(psutil.NoSuchProcess):
        if child:
            parent = psutil.Process(child.pid)
            family = [*parent.children(recursive=True), parent]
    for process in having(*mark) if mark else []:
        if process not in family and process.pid != os.getpid():
            family.append(process)
    for process in family:
        _signal(process, signal.SIGTERM)
    _, left = psutil.wait_procs(family, timeout=GRACE)
    for process in left:
        _signal(process, signal.SIGKILL)
    if child:
        child.wait()


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
