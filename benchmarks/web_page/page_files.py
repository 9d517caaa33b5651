"""Writes pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.results.labelled import Labelled
from benchmarks.runs import files, record_files, run_layout
from benchmarks.runs.result_records import Results
from benchmarks.web_page import page
from benchmarks.web_page.compared_results import ComparedResults


def write(path: Path, sources: Sequence[Labelled], comparisons: Sequence[ComparedResults] = ()) -> bool:
    """Write the page of the sources, with its directory; return whether the file changed.

    Raises FailedError if the library for plots is missing, and OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    return files.write_whole(path, page.render(sources, comparisons))


def write_of_attempt(directory: Path) -> bool:
    """Write the page of an attempt whose results are in its directory; nothing is written if it measured nothing.

    Raises FailedError for results that cannot be read and if the library for plots is missing, and OSError.
    """
    results = record_files.read(Results, directory)
    if not results or not results.measurements:
        return False
    return write(directory / run_layout.PAGE, [Labelled(results.run_id or directory.name, results)])
