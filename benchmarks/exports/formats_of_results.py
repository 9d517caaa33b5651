"""The formats that results can be exported in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from benchmarks.errors import RefusedError
from benchmarks.exports import (
    bencher_metrics,
    critcmp_baseline,
    csv_rows,
    github_benchmarks,
    go_benchmarks,
    json_document,
    markdown_table,
)
from benchmarks.exports.exported import Exported
from benchmarks.results.labelled import Labelled

Format = Callable[[Sequence[Labelled]], Exported]

FORMATS: Mapping[str, Format] = {
    "json": json_document.text,
    "csv": csv_rows.text,
    "markdown": markdown_table.text,
    "critcmp": critcmp_baseline.text,
    "go": go_benchmarks.text,
    "bencher": bencher_metrics.text,
    "github": github_benchmarks.text,
}


def export(name: str, sources: Sequence[Labelled]) -> Exported:
    """The sources in a format of FORMATS.

    Raises RefusedError if no source has a measurement, if two have the same label, and for what the format refuses.
    """
    twice = [label for label, times in Counter(source.label for source in sources).items() if times > 1]
    if twice:
        raise RefusedError(f"Several sources are called {twice[0]}: give each another name.")
    if not any(source.results.measurements for source in sources):
        raise RefusedError("There is nothing to export: no benchmark was measured.")
    return FORMATS[name](sources)
