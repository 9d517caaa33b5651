"""Parts of a summary that adapt to the terminal's width. Without a terminal they are printed unchanged."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

from benchmarks.text import escaped

# The start of a line, a title or an indent. Continuation lines are aligned after it.
_TITLE = re.compile(r"\s+|\S+\s{2,}")
# What stands before a command that ends a line.
_COMMAND = re.compile(r"(?:^|\s)To [^:]{1,60}: ")
# Where a name may be broken, best place first: between its words and parts, then within a part.
_BREAKS = (re.compile(r"(?<=[ /,<])|(?<=::)"), re.compile(r"(?<=[_.:-])"))
# Columns of output that is not a terminal: wide enough that no name is wrapped.
PIPED_WIDTH = 200
INDENT = "  "  # of a name's continuation lines


def plain(text: str) -> Text:
    """A text by others, such as a unit or a sentence with a name in it, that does nothing to the terminal."""
    return Text(escaped(text))


@dataclass(frozen=True)
class Hanging:
    """A sentence with a hanging indent: continuation lines are aligned after its title.

    Not for text that users copy, such as commands and paths: if the terminal itself wraps them, they are copied whole.
    """

    text: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        title = _TITLE.match(self.text.plain)
        indent = title.end() if title else 0
        if not console.is_terminal or self.text.cell_len <= options.max_width:
            yield self.text
            return
        first, rest = self.text[:indent], self.text[indent:]
        for each in rest.divide(_line_ends(rest.plain, options.max_width - indent)):
            each.rstrip()
            yield first + each
            first = Text(" " * indent)


@dataclass(frozen=True)
class Said:
    """Lines of sentences, broken between words; a command at the end of one is left whole, to be copied."""

    text: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self.text.split("\n"):
            found = _COMMAND.search(line)
            if found and console.is_terminal and cell_len(line) > options.max_width:
                if before := line[: found.start()]:
                    yield Hanging(Text(before))
                yield Text(line[found.start() :].lstrip())
            else:
                yield Hanging(Text(line))


def _line_ends(text: str, width: int) -> list[int]:
    """Where to break lines between words, so that none is wider than `width`, except for a single long word."""
    ends, begin = [], 0
    for word in re.finditer(r"\S+", text):
        if begin < word.start() and cell_len(text[begin : word.end()]) > width:
            ends.append(word.start())
            begin = word.start()
    return ends


@dataclass(frozen=True)
class Link:
    """A URL that is too long to show: a terminal shows `label` as a hyperlink, and `otherwise`, where the URL is."""

    title: str
    address: str
    label: str
    otherwise: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if console.is_terminal and console.color_system:
            yield Text.assemble(self.title, (self.label, f"link {self.address}"))
            yield Text(" " * len(self.title) + self.otherwise)
        else:
            yield Text(self.title + self.address)


@dataclass(frozen=True)
class Name:
    """A name in a table, such as a benchmark's id, which is folded between its parts."""

    text: str

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        text = escaped(self.text)
        longest = max(map(cell_len, _BREAKS[0].split(text)))
        return Measurement(longest, cell_len(text)).with_maximum(options.max_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text("\n".join(folded(escaped(self.text), options.max_width)))


def folded(name: str, width: int) -> list[str]:
    """The lines of a name folded to `width` columns, at least 3. Joined without the indent they are the name again."""
    if cell_len(name) <= width:
        return [name]
    lines = [""]
    for piece in _pieces(name, width - len(INDENT), _BREAKS):
        if lines[-1].strip() and cell_len(lines[-1] + piece.rstrip()) > width:
            lines.append(INDENT)
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _pieces(name: str, width: int, breaks: tuple[re.Pattern[str], ...]) -> list[str]:
    """The parts of a name, none wider than `width`, cut at the best place possible."""
    if not breaks:
        return chop_cells(name, width)
    return [
        piece
        for part in breaks[0].split(name)
        for piece in ([part] if cell_len(part.rstrip()) <= width else _pieces(part, width, breaks[1:]))
    ]
