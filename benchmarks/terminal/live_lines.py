"""Lines of progress, one a host, that stay below what else a terminal shows: which there are, and how they are drawn.

Control sequences: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len, set_cell_size
from rich.text import Text

ALL = ""  # the name of a line that is about no host, or about the only one
# A terminal ignores an application program command that it does not know.
_BEGIN, _END = "\x1b_benchmarks:", "\x1b\\"
_ERASED = "\r\x1b[2K"
_ABOVE = "\x1b[1A"
WIDE = 100  # columns from which all of a label is shown
_NARROW = 2  # how many parts of it are shown otherwise


@dataclass(frozen=True)
class Line:
    """What is said of a host: its label, as columns, and a text. No label leaves the one that there is.

    Hosts that do nothing yet have the same words in `idle`, by which they are told together: "wait for the quota".
    """

    host: str
    text: str
    label: Sequence[str] | None = None
    idle: str = ""

    @property
    def message(self) -> str:
        """This line for a stream that shows it, see streams. A line without a text is no longer shown."""
        return f"{_BEGIN}{json.dumps([self.host, self.text, self.label, self.idle])}{_END}"


def read(message: str) -> Line | None:
    """The line that a message is about, None for any other text."""
    if not (message.startswith(_BEGIN) and message.endswith(_END)):
        return None
    return Line(*json.loads(message.removeprefix(_BEGIN).removesuffix(_END)))


@dataclass
class Lines:
    """The lines that are to be seen, and how many of them are drawn."""

    _lines: dict[str, Line] = field(default_factory=dict)
    _drawn: int = 0

    def take(self, line: Line) -> None:
        """Show a line from now on. Of a host without one of its own, what has no label is said of all."""
        known = self._lines.get(line.host)
        name = ALL if line.label is None and known is None else line.host
        if not line.text:
            self._lines.pop(name, None)
            return
        label = line.label if line.label is not None else known.label if known else ()
        self._lines[name] = Line(name, line.text, label, line.idle)

    def erase(self) -> str:
        """What erases the lines that are drawn, where the cursor is at the end of the last one."""
        drawn, self._drawn = self._drawn, 0
        return _ABOVE.join([_ERASED] * drawn)

    def draw(self, columns: int, rows: int) -> str:
        """What draws them from the start of an empty line."""
        drawn = laid_out(tuple(self._lines.values()), columns, rows)
        self._drawn = len(drawn)
        return "\n".join(drawn)


def laid_out(lines: Sequence[Line], columns: int, rows: int) -> list[str]:
    """The lines as a terminal of this size can show them: with their labels aligned, and cut at its edge.

    Several hosts that do nothing yet are one line, the last. One row is left to what was written before the lines.
    """
    together = _together(lines)
    each = sorted((line for line in lines if line.idle not in together), key=lambda line: bool(line.idle))
    parts = None if columns >= WIDE else _NARROW
    labels = [tuple(line.label or ())[:parts] for line in each]
    widths = [max(map(cell_len, column)) for column in _columns(labels)]
    shown = [
        f"{'  '.join(map(set_cell_size, label, widths))}{line.text}" for label, line in zip(labels, each, strict=True)
    ]
    shown += [f"{len(names)} hosts {idle}: {', '.join(names)}" for idle, names in together.items()]
    room = max(1, rows - 1)
    if len(shown) > room:
        hidden = len(lines) - room + 1
        shown = [*shown[: room - 1], f"  … and {hidden} more hosts"]
    return [_cut(line, columns) for line in shown]


def _together(lines: Iterable[Line]) -> dict[str, list[str]]:
    """The names of hosts that are told together, by what they do."""
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.idle:
            found.setdefault(line.idle, []).append(line.host)
    return {idle: names for idle, names in found.items() if len(names) > 1}


def _columns(labels: Iterable[tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
    known = [label for label in labels if label]
    return zip(*known, strict=True)


def _cut(line: str, columns: int) -> str:
    text = Text(line)
    # The last column stays empty: some terminals wrap as soon as it is filled.
    text.truncate(max(1, columns - 1), overflow="ellipsis")
    return text.plain
