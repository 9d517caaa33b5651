"""Output where it is read: broken between words, which terminals do not care for, and by a reader who may leave."""

from __future__ import annotations

import io
import os
import sys
import textwrap
from typing import IO, Any


def wrapped(text: str, columns: int) -> str:
    """`text` with lines of at most `columns` characters, as far as its words allow: a path or an address stays whole.

    A line goes on as it has begun. Lines that fit, and all of them with 0 columns, stay as they are.
    """
    return "\n".join(_line(line, columns) for line in text.split("\n"))


def _line(line: str, columns: int) -> str:
    if not 0 < columns < len(line):
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line.strip(),
        columns,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def columns(stream: IO[str]) -> int:
    """The width of the terminal that a stream is; 0 where it is none."""
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return 0


class _Outliving(io.FileIO):
    """A file whose reader may have left, as head does, or a terminal that is closed, or whose disk may be full.

    What cannot be written is dropped.
    """

    def write(self, content: Any, /) -> int:
        try:
            return super().write(content)
        except OSError:
            return len(content)


def outlive_readers() -> None:
    """Have this process go on to its end, and to its own exit code, when its output cannot be written any more.

    A run that ended there, as Ansible itself would, would be no less broken off than by Ctrl-C.
    """
    for name in ("stdout", "stderr"):
        # None where the caller has closed it.
        if stream := getattr(sys, name):
            setattr(sys, name, _outliving(stream))


def _outliving(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(_Outliving(stream.fileno(), "wb", closefd=False)),
        encoding=stream.encoding,
        errors=stream.errors,
        # Also in a file or a pipe, as of a CI job, a line is there when it is written: Ansible flushes nothing.
        line_buffering=True,
    )
