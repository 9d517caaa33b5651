"""Several results in one table, side by side or one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from benchmarks.results import quantities
from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import BenchmarkMeasurement
from benchmarks.terminal import rendering
from benchmarks.text import natural

MOST_COLUMNS = 4  # of results; more are shown one below the other
Key = tuple[str, str, str]


def table(sources: Sequence[Labelled]) -> Table:
    """Estimates with half their intervals, for each benchmark of any source."""
    found = {(_key(one), source.label): one for source in sources for one in source.results.measurements}
    keys = sorted({key for key, _ in found}, key=lambda key: tuple(map(natural, key)))
    with_target = len({key[0] for key in keys}) > 1
    labels = [source.label for source in sources]
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for title in (*(["target"] if with_target else []), "benchmark"):
        drawn.add_column(title, overflow="fold")
    if len(sources) > MOST_COLUMNS:
        drawn.add_column("result", overflow="fold")
        drawn.add_column("estimate", justify="right", no_wrap=True)
        for key in keys:
            for label in labels:
                if (key, label) in found:
                    drawn.add_row(
                        *_names(key, with_target), rendering.plain(label), rendering.plain(_estimate(found[key, label]))
                    )
        return drawn
    for label in labels:
        drawn.add_column(rendering.plain(label), justify="right", overflow="fold", min_width=min(len(label), 18))
    for key in keys:
        cells = (rendering.plain(_estimate(found[key, label]) if (key, label) in found else "-") for label in labels)
        drawn.add_row(*_names(key, with_target), *cells)
    return drawn


def _key(measurement: BenchmarkMeasurement) -> Key:
    """What is the same for one benchmark in several results: target, id, and its variant and number of the process."""
    variant = "" if measurement.variant is None else f" [{measurement.variant}]"
    process = "" if measurement.process == 1 else f" #{measurement.process}"
    return measurement.target or "", measurement.id, f"{variant}{process}"


def _names(key: Key, with_target: bool) -> list[rendering.Name]:
    target, id, suffix = key
    return [*([rendering.Name(target)] if with_target else []), rendering.Name(f"{id}{suffix}")]


def _estimate(measurement: BenchmarkMeasurement) -> str:
    shown = measurement.shown
    value = quantities.quantity(shown.point, measurement.unit)
    if not shown.interval or not shown.point:
        return value
    farthest = max(shown.point - shown.interval.low, shown.interval.high - shown.point)
    return f"{value} ±{farthest / abs(shown.point):.1%}"
