"""A comparison as a table for terminals."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.cells import cell_len
from rich.text import Text

from benchmarks.comparison.comparing import Row, Verdict
from benchmarks.comparison_output import cells, selected_rows
from benchmarks.comparison_output.selected_rows import Selection
from benchmarks.exports import benchmark_names
from benchmarks.sides.pairs import Pair
from benchmarks.terminal import rendering
from benchmarks.text import escaped

STYLES = {Verdict.SLOWER: "red", Verdict.FASTER: "green", Verdict.SAME: "dim", Verdict.UNCLEAR: "yellow"}
GAP = "  "  # between columns
NARROWEST = 16  # columns of a name


def lines(pair: Pair, selection: Selection, width: int) -> Iterator[Text]:
    """The heading and the rows, for a terminal of `width` columns: names are folded, numbers never.

    Not rich's Table, which takes more than a millisecond for each row: half a minute for 10,000.
    """
    rows = selection.rows(pair)
    if not rows:
        return
    named: list[tuple[str, Callable[[Row], str]]] = [("benchmark", lambda row: benchmark_names.visible(row.key.id))]
    if selected_rows.targets(rows):
        named.insert(0, ("target", lambda row: benchmark_names.visible(row.key.target or "")))
    titles = [*map(escaped, cells.titles(pair)), cells.ratio_title(pair)]
    numbers = [[*cells.numbers(pair, row), cells.ratio(row.ratio, row.interval)] for row in rows]
    verdicts = [cells.verdict(pair, row) for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(titles, *numbers, strict=True)]
    taken = sum(widths) + max(map(cell_len, ("verdict", *verdicts))) + len(GAP) * (len(widths) + len(named))
    names = [[name(row) for _, name in named] for row in rows]
    wanted = [max(map(cell_len, column)) for column in zip([title for title, _ in named], *names, strict=True)]
    name_widths = _name_widths(wanted, width - taken)
    heading = [_left(title, size) for (title, _), size in zip(named, name_widths, strict=True)]
    heading += [_right(title, size) for title, size in zip(titles, widths, strict=True)]
    yield Text(GAP.join([*heading, "verdict"]), style="bold")
    for row, parts, shown, verdict in zip(rows, names, numbers, verdicts, strict=True):
        folded = [rendering.folded(part, size) for part, size in zip(parts, name_widths, strict=True)]
        first = [_left(part[0], size) for part, size in zip(folded, name_widths, strict=True)]
        first += [_right(text, size) for text, size in zip(shown, widths, strict=True)]
        yield Text.assemble(GAP.join([*first, ""]), (verdict, STYLES[row.verdict]))
        for number in range(1, max(map(len, folded))):
            more = (part[number] if number < len(part) else "" for part in folded)
            yield Text(GAP.join(_left(part, size) for part, size in zip(more, name_widths, strict=True)).rstrip())


def _name_widths(wanted: list[int], available: int) -> list[int]:
    """The widths of the columns of names. What is lacking is taken from the widest."""
    widths = list(wanted)
    while sum(widths) > available and max(widths) > NARROWEST:
        widest = widths.index(max(widths))
        others = sum(widths) - widths[widest]
        second = max([NARROWEST, *(size for index, size in enumerate(widths) if index != widest)])
        widths[widest] = max(available - others, min(second, widths[widest] - 1), NARROWEST)
    return widths


def _left(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _right(text: str, width: int) -> str:
    return " " * (width - cell_len(text)) + text
