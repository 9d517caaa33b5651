"""A comparison in Markdown, for a comment on GitHub: https://github.github.com/gfm/#tables-extension-"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.comparison.comparing import Row
from benchmarks.comparison_output import cells, closing, heading, selected_rows
from benchmarks.comparison_output.selected_rows import Selection
from benchmarks.exports import github_text
from benchmarks.sides.dividing import Division
from benchmarks.sides.pairs import Pair


def text(pairs: Sequence[Pair], division: Division, selection: Selection) -> str:
    """A table for each pair, with what its sides are above it, and what to know of it below."""
    parts = [*("\n".join(_pair(pair, selection)) for pair in pairs), *map(github_text.escaped, division.left_out)]
    return "\n\n".join(parts) + "\n"


def _pair(pair: Pair, selection: Selection) -> Iterator[str]:
    yield from _list(heading.lines(pair))
    rows = selection.rows(pair)
    if rows:
        with_target = selected_rows.targets(rows)
        names = [*(["target"] if with_target else []), "benchmark"]
        titles = [*cells.titles(pair), cells.ratio_title(pair), "verdict"]
        yield github_text.line([*names, *map(github_text.escaped, titles)])
        yield github_text.line([*(":--" for _ in names), "--:", "--:", "--:", ":--"])
        yield from (_row(pair, row, with_target) for row in rows)
        yield ""
    yield from _list(closing.lines(pair, selection))


def _row(pair: Pair, row: Row, with_target: bool) -> str:
    named = [*([github_text.code(row.key.target or "")] if with_target else []), github_text.code(row.key.id)]
    numbers = [*cells.numbers(pair, row), cells.ratio(row.ratio, row.interval)]
    return github_text.line([*named, *map(github_text.escaped, numbers), cells.verdict(pair, row)])


def _list(sentences: Iterator[str]) -> Iterator[str]:
    """A list, with an empty line below it."""
    yield from (f"- {github_text.escaped(sentence)}" for sentence in sentences)
    yield ""
