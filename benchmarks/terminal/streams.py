"""Output streams that ignore write errors."""

from __future__ import annotations

import io
import sys
from typing import Any


class _Tolerant(io.FileIO):
    """A file that drops what cannot be written: a closed pipe, as after `| head`, a closed terminal, a full disk."""

    def write(self, content: Any, /) -> int:
        try:
            return super().write(content)
        except OSError:
            return len(content)


def ignore_closed_output() -> None:
    """Let this process run to its end, with its own exit code, even if its output can no longer be written.

    Otherwise a closed pipe would interrupt the run, as Ctrl-C does. Ansible by itself would stop there.
    """
    for name in ("stdout", "stderr"):
        # None if the caller has closed it.
        if stream := getattr(sys, name):
            setattr(sys, name, _tolerant(stream))


def _tolerant(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(_Tolerant(stream.fileno(), "wb", closefd=False)),
        encoding=stream.encoding,
        errors=stream.errors,
        # Ansible does not flush: lines would reach a file or pipe, as in a CI job, only late.
        line_buffering=True,
    )
