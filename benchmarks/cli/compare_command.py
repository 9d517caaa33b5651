"""The command `./inv bench.compare`: read the sources, divide them into sides, compare these, print the verdicts."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from benchmarks.cli import results_command
from benchmarks.comparison.verdicts import Limits
from benchmarks.comparison_output import (
    cells,
    closing,
    comparison_json,
    comparison_markdown,
    comparison_table,
    heading,
    selected_rows,
)
from benchmarks.comparison_output.selected_rows import Selection
from benchmarks.errors import BeyondLimitError, RefusedError
from benchmarks.parameters import spec
from benchmarks.results.labelled import Labelled
from benchmarks.runs.records import Values
from benchmarks.sides import dividing, fairness, pairs, same_source, side_words
from benchmarks.sides.dividing import Division
from benchmarks.sides.name_lists import named
from benchmarks.sides.pairs import Pair
from benchmarks.sides.side_words import SideWord
from benchmarks.sources import places, reading
from benchmarks.sources.places import Place
from benchmarks.terminal import rendering


def run(given: Values) -> None:
    """Print the comparison of the given sources.

    Raises RefusedError if they cannot be compared, and BeyondLimitError if a limit was given that one of the
    benchmarks is beyond.
    """
    parameters = spec.with_defaults("compare", given)
    division = _division(parameters)
    if not parameters["force"]:
        fairness.refuse_unfair(division.sides, division.by)
    limits = Limits(threshold=parameters["threshold"] / 100, noise=parameters["noise"] / 100)
    baseline, *others = division.sides
    compared = [pairs.compare(baseline, other, limits) for other in others]
    if not any(pair.comparison.rows for pair in compared):
        raise RefusedError(_nothing_in_common(compared[0]))
    selection = _selection(parameters)
    if parameters["format"] == "table":
        _print_tables(compared, division, selection)
    elif parameters["format"] == "json":
        sys.stdout.write(comparison_json.text(compared, division, selection))
    else:
        sys.stdout.write(comparison_markdown.text(compared, division, selection))
    _check_limits(compared, parameters["fail_on"], parameters["fail_on_unclear"])


def _division(parameters: Values) -> Division:
    """The sides. Raises RefusedError for words that name none, and for sources that cannot be divided."""
    words = side_words.read(parameters["sources"] or ())
    by, group = parameters["by"], parameters["group"]
    if by and group:
        raise RefusedError("by and group exclude each other: each of them makes the sides.")
    if not (by or group):
        side_words.refuse_fewer_than_two(words)
    elif any(word.name for word in words):
        raise RefusedError(f"{'by' if by else 'group'} makes the sides itself: give the sources without names.")
    place = places.of_parameters(parameters)
    read = _read(words or (SideWord(None, (place.default,)),), place, parameters)
    place.refuse_unused()
    every = [source for sources in read for source in sources]
    if by:
        return dividing.by_fact(every, by)
    if group:
        return dividing.by_pattern(every, group)
    return dividing.by_source(words, read)


def _read(words: Sequence[SideWord], place: Place, parameters: Values) -> list[list[Labelled]]:
    """The results that each of the words names, with different labels. Raises RefusedError if any are given twice."""
    read = [list(_of_word(word, place, parameters["unit"])) for word in words]
    every = [source for sources in read for source in sources]
    same_source.refuse_twice(every)
    different = iter(results_command.filtered([*reading.with_different_labels(every)], parameters["filter"]))
    return [[next(different) for _ in sources] for sources in read]


def _of_word(word: SideWord, place: Place, unit: str | None) -> Iterator[Labelled]:
    for source in word.sources:
        try:
            yield from reading.read((source,), place, unit)
        except RefusedError as error:
            hint = f" Several sources of a side need a name: NAME={source}." if "," in source else ""
            raise RefusedError(f"{error}{hint}") from None


def _selection(parameters: Values) -> Selection:
    if parameters["regressions"]:
        return Selection(selected_rows.REGRESSIONS)
    return Selection(selected_rows.CHANGED) if parameters["changed"] else Selection()


def _nothing_in_common(pair: Pair) -> str:
    why = next(closing.not_compared(pair), "One of them has no results.")
    return f"{pair.old.name} and {pair.new.name} have no benchmark that can be compared. {why}"


def _print_tables(compared: Sequence[Pair], division: Division, selection: Selection) -> None:
    terminal = Console()
    width = terminal.width if terminal.is_terminal else rendering.PIPED_WIDTH
    console = Console(highlight=False, soft_wrap=True, width=width)
    for pair in compared:
        for sentence in heading.lines(pair):
            console.print(rendering.Hanging(rendering.plain(sentence)))
        console.print()
        rows = list(comparison_table.lines(pair, selection, width))
        if rows:
            console.print(Text("\n").join(rows))
            console.print()
        for sentence in closing.lines(pair, selection):
            console.print(rendering.Hanging(rendering.plain(sentence)))
        if pair is not compared[-1]:
            console.print()
    for sentence in [*division.left_out, *_problems(division)]:
        console.print(rendering.Hanging(rendering.plain(sentence)))


def _problems(division: Division) -> list[str]:
    """What else to know of the results: what is lost, and remarks. Those that several sources share are there once."""
    every = [source for side in division.sides for source in side.sources]
    found: dict[str, dict[str, None]] = {}
    for source in every:
        for sentence in (*source.results.problems, *source.results.notes):
            found.setdefault(sentence, {})[source.label] = None
    return [f"{named(list(labels))}: {sentence}" for sentence, labels in found.items()]


def _check_limits(compared: Sequence[Pair], fail_on: float | None, fail_on_unclear: bool) -> None:
    """Raise BeyondLimitError, which names the benchmarks slower by more than `fail_on` per cent, or unclear."""
    found: list[str] = []
    if fail_on is not None:
        slower = [cells.name(row.key) for pair in compared for row in selected_rows.slower_by_more(pair, fail_on / 100)]
        found += [f"slower by more than {fail_on:g} %: {named(slower)}"] if slower else []
    if fail_on_unclear:
        unclear = [cells.name(row.key) for pair in compared for row in selected_rows.unclear(pair)]
        found += [f"unclear: {named(unclear)}"] if unclear else []
    if found:
        raise BeyondLimitError(f"Beyond the limits that were given: {'; '.join(found)}.")
