"""The measurements of a page as JSON: the rows of its table, and the numbers of its plots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.results import quantities
from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import BenchmarkMeasurement
from benchmarks.web_page import sample_values
from benchmarks.web_page.benchmark_list import BenchmarkList
from benchmarks.web_page.measurement_columns import Column, Measured, series, table_columns
from benchmarks.web_page.sample_values import EXACT, rounded

MOST_SAMPLES = 60_000  # that a page contains; with more, it contains quantiles instead


def units(sources: Sequence[Labelled]) -> list[str | None]:
    """The units that were measured in, the most frequent first."""
    found = Counter(one.unit for source in sources for one in source.results.measurements)
    return [unit for unit, _ in found.most_common()]


def data(sources: Sequence[Labelled], listed: BenchmarkList, units: Sequence[str | None]) -> dict[str, Any]:
    """`columns` and `rows` of the table, in the order of the benchmarks, and whether rows have `samples`."""
    found = [Measured(place, one) for place, source in enumerate(sources) for one in source.results.measurements]
    found.sort(key=lambda one: listed.places[one.measurement.target, one.measurement.id])
    columns = table_columns([source.label for source in sources], listed.has_targets, found)
    every = sum(len(one.measurement.samples.values) for one in found if one.measurement.samples)
    has_samples = every <= MOST_SAMPLES
    return {
        "has_samples": has_samples,
        "columns": [column.data() for column in columns],
        "rows": [_row(one, columns, listed, units, has_samples) for one in found],
    }


def _row(
    measured: Measured, columns: Sequence[Column], listed: BenchmarkList, units: Sequence[str | None], samples: bool
) -> dict[str, Any]:
    one = measured.measurement
    interval = one.shown.interval
    size, unit = quantities.unit_for(one.shown.point, one.unit)
    return {
        "benchmark": listed.places[one.target, one.id],
        "source": measured.source,
        **({"series": name} if (name := series(one)) else {}),
        "unit": units.index(one.unit),
        "point": rounded(one.shown.point, EXACT),
        **({"low": rounded(interval.low, EXACT), "high": rounded(interval.high, EXACT)} if interval else {}),
        "scale": [size, unit],
        "texts": [column.text(measured) if column.text else 0 for column in columns],
        "numbers": [column.number(measured) for column in columns],
        **_sample_data(one, samples),
    }


def _sample_data(measurement: BenchmarkMeasurement, all_of_them: bool) -> Mapping[str, Any]:
    found = sample_values.values(measurement)
    if not found:
        return {}
    shown = found if all_of_them else sample_values.quantiles(sorted(found))
    return {"samples" if all_of_them else "quantiles": [rounded(value) for value in shown]}
