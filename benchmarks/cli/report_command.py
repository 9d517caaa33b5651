"""The command `./inv bench.report`: read the sources, then write a page that shows and compares them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.cli import results_command
from benchmarks.errors import FailedError
from benchmarks.parameters import spec
from benchmarks.results.labelled import Labelled
from benchmarks.runs.records import Values
from benchmarks.sources import places, reading
from benchmarks.text import escaped
from benchmarks.web_page import page_files
from benchmarks.web_page.compared_results import ComparedResults


def run(given: Values) -> None:
    """Write the page of the given sources. Raises RefusedError if they have no results, FailedError if it cannot be."""
    parameters = spec.with_defaults("report", given)
    place = places.of_parameters(parameters)
    read = reading.read(parameters["sources"] or (), place, parameters["unit"])
    place.refuse_unused()
    sources = results_command.filtered(read, parameters["filter"])
    path = Path.cwd() / parameters["page_file"]
    comparisons, why_not = _comparisons(sources) if len(sources) > 1 else ((), "")
    try:
        page_files.write(path, sources, comparisons)
    except OSError as error:
        raise FailedError(f"{path} cannot be written: {error.strerror or error}.") from None
    print(f"Page      {path}")
    if why_not:
        print(escaped(f"          without a comparison: {why_not}"))
    for sentence in (problem for source in sources for problem in source.results.lost):
        print(escaped(f"          {sentence}"))


def _comparisons(sources: Sequence[Labelled]) -> tuple[tuple[ComparedResults, ...], str]:
    """The first source compared with each of the others; without any, why they cannot be compared."""
    # Imported here, since numpy and scipy take a second to load.
    from benchmarks.comparison.verdicts import Limits
    from benchmarks.sides import fairness, pairs
    from benchmarks.sides.dividing import Side
    from benchmarks.web_page import comparison_rows

    baseline, *others = (Side(source.label, (source,)) for source in sources if source.results.measurements)
    if not others:
        return (), f"only {baseline.name} has results."
    if unfair := fairness.unfair((baseline, *others), None):
        return (), f"{unfair.sentence}."
    compared = [pairs.compare(baseline, other, Limits()) for other in others]
    found = [comparison_rows.compared(one.comparison, one.old.name, one.new.name) for one in compared]
    common = tuple(one for one in found if one.benchmarks)
    return common, "" if common else f"{baseline.name} has no benchmark in common with the others."
