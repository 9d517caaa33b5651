"""What a terminal shows of a text that moves the cursor as lines of progress do."""

from __future__ import annotations

import re

_MOVES = re.compile(r"(\r|\n|\x1b\[2K|\x1b\[1A)")


def shown(text: str) -> list[str]:
    """The lines of a high terminal in the end. Fails at control sequences that are not known here."""
    lines, row, column = [""], 0, 0
    for part in _MOVES.split(text):
        if part == "\r":
            column = 0
        elif part == "\n":
            row, column = row + 1, 0
            lines += [""] * (row == len(lines))
        elif part == "\x1b[2K":
            lines[row] = ""
        elif part == "\x1b[1A":
            row -= 1
            assert row >= 0
        else:
            assert "\x1b" not in part, part
            lines[row] = lines[row][:column].ljust(column) + part + lines[row][column + len(part) :]
            column += len(part)
    return lines
