"""Tables as plain lines of any width, since rich's Table takes more than a millisecond per row."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column: its heading, its cells, and whether they are numbers."""

    title: str
    cell: Callable[[Row], str]
    number: bool = True


@dataclass(frozen=True)
class Lines:
    """The lines of a table: the heading, and one per row."""

    heading: str
    rows: tuple[str, ...]

    @property
    def width(self) -> int:
        """The length of the longest line, in columns of a terminal."""
        return max(map(cell_len, (self.heading, *self.rows)))


def lay_out(columns: Sequence[Column[Row]], rows: Iterable[Row]) -> Lines:
    """The table, with two spaces between columns."""
    cells = [[column.title for column in columns], *([column.cell(row) for column in columns] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    heading, *lines = (
        "  ".join(
            _padded(cell, width, column.number) for cell, width, column in zip(line, widths, columns, strict=True)
        ).rstrip()
        for line in cells
    )
    return Lines(heading, tuple(lines))


def _padded(cell: str, width: int, number: bool) -> str:
    blanks = " " * (width - cell_len(cell))
    return f"{blanks}{cell}" if number else f"{cell}{blanks}"


def styled(
    lines: Lines,
    closing: Sequence[str],
    terminal: Console,
    first: str = "",
    marked: int = 1,
    commands: Sequence[str] = (),
) -> str:
    """The table and the sentences and commands below it, in colour; `first` is the style of the first `marked` rows.

    Sentences are wrapped to the terminal, tables and commands to copy are not. Whole lines are styled, which is fast.
    """
    out = io.StringIO()
    console = Console(
        file=out,
        width=terminal.width,
        force_terminal=True,
        color_system=cast(Any, terminal.color_system),
        no_color=terminal.no_color,
        highlight=False,
    )
    tops = [(row, first) for row in lines.rows[:marked]]
    for text, style in ((lines.heading, "bold"), ("─" * lines.width, "dim"), *tops):
        console.print(Text(text, style=style), soft_wrap=True)
    out.write("".join(f"{line}\n" for line in (*lines.rows[marked:], "")))
    for sentence in closing:
        console.print(Text(sentence))
    out.write("".join(f"{command}\n" for command in commands))
    return out.getvalue()
