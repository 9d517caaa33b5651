"""The command `./inv bench.results`: read the sources, then print them as a table or in another format."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec.structs
from rich.console import Console

from benchmarks.errors import RefusedError
from benchmarks.parameters import spec
from benchmarks.results import remarks, results_table, side_by_side
from benchmarks.results.labelled import Labelled
from benchmarks.runs.records import Values
from benchmarks.runs.result_records import BenchmarkMeasurement
from benchmarks.sources import places, reading
from benchmarks.sources.places import Place
from benchmarks.terminal import rendering
from benchmarks.text import escaped, natural

if TYPE_CHECKING:
    from benchmarks.sources.published_runs import PublishedRuns


def run(given: Values) -> None:
    """Print the results of the given sources. Raises RefusedError if there are none."""
    parameters = spec.with_defaults("results", given)
    _check_link(parameters)
    place = places.of_parameters(parameters)
    if runs := _to_list(parameters, place):
        # Imported here, as exports are: results are shown faster without them.
        from benchmarks.cli import published_list

        published_list.show(runs)
        return
    read = reading.read(parameters["sources"] or (), place, parameters["unit"], numbers=not parameters["link"])
    place.refuse_unused()
    if parameters["link"]:
        from benchmarks.cli import result_links

        result_links.show(read)
        return
    sources = filtered(read, parameters["filter"])
    if parameters["format"] == "table":
        _print_table(sources)
    else:
        _print_export(parameters["format"], sources)


def _check_link(parameters: Values) -> None:
    """Raise RefusedError if something is asked of numbers, when links are to be printed."""
    others = [name for name in ("filter", "unit") if parameters[name]]
    others += ["format"] if parameters["format"] != "table" else []
    if parameters["link"] and others:
        raise RefusedError(f"link and {others[0]} exclude each other: links are printed, and no numbers.")


def _to_list(parameters: Values, place: Place) -> PublishedRuns | None:
    """The published runs to list: those of a bucket or a folder of runs, if nothing is asked of their numbers."""
    words = parameters["sources"] or (place.default,)
    of_numbers = any(parameters[name] for name in ("filter", "link", "unit")) or parameters["format"] != "table"
    runs = None if of_numbers or len(words) > 1 else place.published(words[0])
    return runs if runs and runs.folders else None


def _print_export(name: str, sources: Sequence[Labelled]) -> None:
    """Print an export alone to standard output; to standard error, what it lacks and which results are lost."""
    from benchmarks.exports import formats_of_results

    exported = formats_of_results.export(name, sources)
    sys.stdout.write(exported.text)
    lost = (problem for source in sources for problem in source.results.lost)
    for sentence in (*exported.left_out, *lost):
        print(escaped(sentence), file=sys.stderr)


def filtered(sources: Sequence[Labelled], pattern: str | None) -> list[Labelled]:
    """The sources with the measurements whose TARGET/ID contains a match of `pattern`, sorted by target and id.

    Raises RefusedError if the pattern is invalid or matches nothing.
    """
    wanted = _expression(pattern or "")
    found = [_filtered(source, wanted) for source in sources]
    if not any(source.results.measurements for source in found):
        raise RefusedError(f"No benchmark matches {pattern!r}: leave filter out to see them all.")
    return found


def _expression(pattern: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():
            # Python warns of what other versions may read in another way.
            warnings.simplefilter("ignore")
            return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise RefusedError(f"filter is not a regular expression: {error}, in {pattern!r}.") from None


def _filtered(source: Labelled, wanted: re.Pattern[str]) -> Labelled:
    kept = [one for one in source.results.measurements if wanted.search(_full_name(one))]
    kept.sort(key=lambda one: (natural(one.target or ""), natural(one.id), one.process))
    return replace(source, results=msgspec.structs.replace(source.results, measurements=tuple(kept)))


def _full_name(measurement: BenchmarkMeasurement) -> str:
    return f"{measurement.target}/{measurement.id}" if measurement.target else measurement.id


def _print_table(sources: Sequence[Labelled]) -> None:
    terminal = Console()
    width = terminal.width if terminal.is_terminal else rendering.PIPED_WIDTH
    console = Console(highlight=False, soft_wrap=True, width=width)
    shown = [source for source in sources if source.results.measurements]
    if len(shown) == 1:
        console.print(results_table.table(shown[0].results.measurements, detailed=True))
    else:
        console.print(side_by_side.table(shown))
    console.print()
    for source in sources:
        for sentence in _remarks(source):
            console.print(rendering.Hanging(rendering.plain(sentence)))


def _remarks(source: Labelled) -> Iterator[str]:
    results = source.results
    count = len(results.measurements)
    partial = ", partial" if results.partial else ""
    yield f"{source.label}: {count or 'no'} {'benchmark' if count == 1 else 'benchmarks'}{partial}"
    for sentence in remarks.of_results(results):
        yield f"  {sentence}"
