"""Child processes: start one in its own session, find its descendants, end them all."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress

import psutil

from benchmarks.paths import ROOT
from benchmarks.playbook.command_line import Command

GRACE = 2.0  # seconds between SIGTERM and SIGKILL
EXECVE = 0.05  # seconds within which a program that is started has its environment


def start(command: Command, inherited: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, which the terminal's signals do not reach.

    It inherits only the file descriptors in `inherited`.
    """
    return subprocess.Popen(
        command.argv,
        cwd=ROOT,
        env={**os.environ, **command.environment},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=inherited,
    )


def having(variable: str, value: str) -> list[psutil.Process]:
    """This user's processes whose environment has `variable` set to `value`.

    While a process is replaced by a program (execve), Linux shows its environment as empty for a moment, so processes
    with an empty one are looked at a second time.
    """
    environments = _environments(psutil.process_iter())
    if empty := [process for process, environment in environments if not environment]:
        time.sleep(EXECVE)
        environments += _environments(empty)
    return [process for process, environment in environments if environment.get(variable) == value]


def _environments(processes: Iterable[psutil.Process]) -> list[tuple[psutil.Process, dict[str, str]]]:
    found = []
    for process in processes:
        # Other users' environments cannot be read, and a process may end at any moment.
        with suppress(psutil.Error, OSError):
            found.append((process, process.environ()))
    return found


def lives(pid: int) -> bool:
    """Whether this user has a process with this id."""
    with suppress(psutil.Error):
        return psutil.Process(pid).uids().real == os.getuid()
    return False


def end(child: subprocess.Popen[bytes] | None, mark: tuple[str, str] | None = None) -> None:
    """End the child, if there is one, and all its descendants.

    Ansible's workers have sessions of their own and outlive a killed parent. They are then found by `mark`, an
    environment variable and its value.
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
