"""Output where it is read: broken between words, which terminals do not care for, and by a reader who may leave."""

from __future__ import annotations

import os
import textwrap
from typing import IO


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
