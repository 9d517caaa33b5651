"""Locks that allow one controller process per run, each held for the lifetime of its process.

The wrapper and the playbook that it starts have a lock each, since either can outlive the other.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from benchmarks import hints
from benchmarks.errors import RefusedError
from benchmarks.runs import events, run_layout
from benchmarks.runs.records import Stages

WRAPPER = run_layout.WRAPPER
PLAYBOOK = "playbook"
# Why the playbook of this process must stop: stored by ansible-playbook's main process, and read in the processes that
# it forks for tasks.
_held: dict[Path, FileLock] = {}
_refusals: dict[Path, str] = {}


def hold(directory: Path, name: str) -> FileLock:
    """Take one of a run's locks for as long as this process lives.

    Raises RefusedError, which names the holder, if another process holds it, and OSError if it cannot be created.
    """
    directory.mkdir(parents=True, exist_ok=True)
    lock = FileLock(directory / f".{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise RefusedError(_holder(directory, name)) from None
    holder = {"pid": os.getpid(), "user": psutil.Process().username(), "machine": socket.gethostname(), "since": _now()}
    run_layout.holder(directory, name).write_text(json.dumps(holder))
    return lock


def check(directory: Path, name: str) -> None:
    """Raises RefusedError if another process holds the lock."""
    if directory.exists():
        hold(directory, name).release()


def is_held(directory: Path, name: str) -> bool:
    """Whether another process holds the lock. Nothing is written, so that a directory that is only read can be asked.

    A shared lock is tried: should a run begin at this very moment, it would be refused, and begin when called again.
    """
    try:
        with (directory / f".{name}.lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False  # there is none, or the file system knows no locks
    return False


def hold_for_playbook(directory: Path) -> None:
    """Take the playbook's lock, or store for `check_playbook` why it cannot be taken."""
    if directory in _held:
        return
    try:
        _held[directory] = hold(directory, PLAYBOOK)
    except RefusedError as error:
        _refusals[directory] = str(error)


def remove_if_only_locked(directory: Path) -> None:
    """Remove a directory that has the playbook's lock and nothing of a run but what was told, as after a refusal."""
    if directory in _held and all(map(_is_of_no_run, directory.iterdir())):
        shutil.rmtree(directory, ignore_errors=True)


def _is_of_no_run(path: Path) -> bool:
    return path.name in (events.FILE, Stages.FILE) or path.name.startswith(f".{PLAYBOOK}.")


def is_refused(directory: Path) -> bool:
    """Whether another process carries out this playbook's run."""
    return directory in _refusals


def check_playbook(directory: Path) -> None:
    """Raises RefusedError if another process carries out this playbook's run."""
    if directory in _refusals:
        raise RefusedError(_refusals[directory])


def _holder(directory: Path, name: str) -> str:
    """Who holds the lock and what to do, as a sentence."""
    try:
        holder = json.loads(run_layout.holder(directory, name).read_text())
        pid, where = int(holder["pid"]), f"{holder['user']}@{holder['machine']}, since {holder['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return f"The run {directory.name} is being carried out by another process: wait for its end."
    # When a signal ends ansible-playbook, it does not terminate the instances.
    then = f" and {hints.command_line(f'bench.terminate --run-id {directory.name}')}" if name == PLAYBOOK else ""
    return (
        f"The run {directory.name} is being carried out by process {pid} ({where}): wait for its end, end it by "
        f"kill {pid}{then}, or leave run_id out to start a new run."
    )


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
