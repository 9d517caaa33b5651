"""The process of a playbook: start, wait, end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Self

from benchmarks.playbook import processes, stages
from benchmarks.playbook.command_line import Command

SOCKETS = "ANSIBLE_SSH_CONTROL_PATH_DIR"
_PREFIX = "benchmarks-"


class Playing:
    """A running playbook, as a context manager: on exit, all of its processes are ended."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self._open = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: stages.Pipe | None = None
        self._mark: tuple[str, str] | None = None

    @property
    def reached(self) -> stages.Reached:
        """The stages that it has reached so far."""
        return self._pipe.reached() if self._pipe else stages.NOTHING

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def __enter__(self) -> Self:
        try:
            directory = self._open.enter_context(temporary_directory())
            self._pipe = self._open.enter_context(stages.pipe())
            self._mark = (SOCKETS, str(directory))
            # Unix socket paths are limited to about 100 bytes, so ssh's control sockets cannot be below a long home.
            own = {SOCKETS: str(directory), "ANSIBLE_LOCAL_TEMP": str(directory / "ansible")}
            environment = {**self._command.environment, **own, **self._pipe.environment}
            self._process = processes.start(replace(self._command, environment=environment), [self._pipe.writer])
        except BaseException:
            # A signal may have arrived after the process was started and before it was assigned.
            self.__exit__()
            raise
        return self

    def wait(self) -> int:
        """Wait for its end. Returns its exit code, or the negative number of the signal that ended it."""
        assert self._process
        return self._process.wait()

    def __exit__(self, *_error: object) -> None:
        with self._open:
            if not (self._process and self._process.poll() == 0):
                processes.end(self._process, self._mark)


@contextmanager
def temporary_directory() -> Iterator[Path]:
    """A directory for this process's temporary files. Those left by killed processes are removed first."""
    for found in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        # Another process may be removing it too.
        with suppress(FileNotFoundError):
            if found.is_dir() and not found.is_symlink() and found.stat().st_uid == os.geteuid() and _is_stale(found):
                shutil.rmtree(found, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", ignore_cleanup_errors=True) as directory:
        yield Path(directory)


def _is_stale(directory: Path) -> bool:
    """Whether neither the process that created it nor a playbook that uses it is running."""
    pid = directory.name.removeprefix(_PREFIX).partition("-")[0]
    if not pid.isdecimal() or processes.lives(int(pid)):
        return False
    return not processes.having(SOCKETS, str(directory))
