"""Wrapping of text between words, to the width of a terminal."""

from __future__ import annotations

import os
import re
import textwrap
from typing import IO

# A label such as those of a plan, and what stands between it and its value.
_BEFORE_VALUE = re.compile(r" *\S{1,12}(?: \S{1,8})? {2,}(?=\S)")
_INDENT = re.compile(r"\s*")


def wrapped(text: str, columns: int) -> str:
    """`text` wrapped to at most `columns` characters per line. Words, such as paths and URLs, are never broken.

    Continuation lines keep the indent, and stand below the value of a line that is a label, two spaces and a value.
    Lines that fit stay as they are; with 0 columns, nothing is wrapped.
    """
    return "\n".join(_line(line, columns) for line in text.split("\n"))


def _line(line: str, columns: int) -> str:
    if not 0 < columns < len(line):
        return line
    found = _BEFORE_VALUE.match(line) or _INDENT.match(line)
    before = found.group() if found else ""
    return textwrap.fill(
        line[len(before) :].strip(),
        columns,
        initial_indent=before,
        subsequent_indent=" " * len(before),
        break_long_words=False,
        break_on_hyphens=False,
    )


def columns(stream: IO[str]) -> int:
    """The width of the terminal that `stream` writes to; 0 if it is no terminal."""
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return 0
