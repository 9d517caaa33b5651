"""Output that outlives its readers."""

from __future__ import annotations

import io
import sys
from typing import Any


class _Tolerant(io.FileIO):
    """A file whose reader may have left, as head does, or a terminal that is closed, or whose disk may be full.

    What cannot be written is dropped.
    """

    def write(self, content: Any, /) -> int:
        try:
            return super().write(content)
        except OSError:
            return len(content)


def ignore_closed_output() -> None:
    """Have this process go on to its end, and to its own exit code, when its output cannot be written any more.

    A run that ended there, as Ansible itself would, would be no less broken off than by Ctrl-C.
    """
    for name in ("stdout", "stderr"):
        # None where the caller has closed it.
        if stream := getattr(sys, name):
            setattr(sys, name, _tolerant(stream))


def _tolerant(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(_Tolerant(stream.fileno(), "wb", closefd=False)),
        encoding=stream.encoding,
        errors=stream.errors,
        # Also in a file or a pipe, as of a CI job, a line is there when it is written: Ansible flushes nothing.
        line_buffering=True,
    )
