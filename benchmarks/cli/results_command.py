"""The command `./inv bench.results`: read the sources, then print them as a table or in another format."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec.structs
from rich.console import Console
from rich.text import Text

from benchmarks.aws import session
from benchmarks.aws.aws_errors import refusing
from benchmarks.errors import RefusedError
from benchmarks.exports import formats_of_results
from benchmarks.parameters import region, spec
from benchmarks.results import link, remarks, results_table, side_by_side
from benchmarks.results.labelled import Labelled
from benchmarks.runs import run_directory
from benchmarks.runs.records import Values
from benchmarks.runs.result_records import BenchmarkMeasurement
from benchmarks.sources import reading
from benchmarks.terminal import rendering
from benchmarks.text import natural


def run(given: Values) -> None:
    """Print the results of the given sources. Raises RefusedError if there are none."""
    parameters = spec.with_defaults("results", given)
    runs_dir = run_directory.locate_runs(parameters["runs_dir"])
    sources = filtered(reading.read(parameters["sources"] or (), runs_dir, parameters["unit"]), parameters["filter"])
    if parameters["link"]:
        _print_links(sources)
    elif parameters["format"] == "table":
        _print_table(sources)
    else:
        exported = formats_of_results.export(parameters["format"], sources)
        sys.stdout.write(exported.text)
        for sentence in exported.left_out:
            print(sentence, file=sys.stderr)


def filtered(sources: Sequence[Labelled], pattern: str | None) -> list[Labelled]:
    """The sources with the measurements whose TARGET/ID contains a match of `pattern`, sorted by target and id.

    Raises RefusedError if the pattern is invalid or matches nothing.
    """
    try:
        wanted = re.compile(pattern or "")
    except re.error as error:
        raise RefusedError(f"filter is not a regular expression: {error}, in {pattern!r}.") from None
    found = [_filtered(source, wanted) for source in sources]
    if not any(source.results.measurements for source in found):
        raise RefusedError(f"No benchmark matches {pattern!r}: leave filter out to see them all.")
    return found


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
        for sentence in _remarks(source, len(sources) > 1):
            console.print(rendering.Hanging(Text(sentence)))


def _remarks(source: Labelled, is_named: bool) -> Iterator[str]:
    results = source.results
    count = len(results.measurements)
    yield f"{source.label}: {count} {'benchmark' if count == 1 else 'benchmarks'}"
    for sentence in remarks.of_results(results):
        yield f"  {sentence}"


def _print_links(sources: Sequence[Labelled]) -> None:
    """Print a new link to the log of each source. Raises RefusedError if one was not published."""
    for source in sources:
        if source.log is None:
            raise RefusedError(f"{source.label} was not published, as far as this machine knows, so it has no link.")
    with refusing():
        s3 = session.connector(region.choose(None, os.environ))("s3")
        for source in sources:
            if source.log:
                signed = link.sign(s3, source.log.bucket, source.log.key)
                print(source.label)
                print(signed.url)
                print(f"opens until {signed.until.isoformat(timespec='minutes')} {signed.note}".rstrip())
