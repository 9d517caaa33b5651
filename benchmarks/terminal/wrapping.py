"""Wrapping of text between words, to the width of a terminal."""

from __future__ import annotations

import os
import textwrap
from typing import IO


def wrapped(text: str, columns: int) -> str:
    """`text` wrapped to at most `columns` characters per line. Words, such as paths and URLs, are never broken.

    Continuation lines keep the indent. Lines that fit stay as they are; with 0 columns, nothing is wrapped.
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
    """The width of the terminal that `stream` writes to; 0 if it is no terminal."""
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return 0
