"""One row of comma-separated values for each measurement: RFC 4180."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from benchmarks.exports import throughput_rates
from benchmarks.exports.exported import Exported
from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import BenchmarkMeasurement

Value = str | float | None

# Spreadsheets take a text that begins so for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_QUOTE = "'"


def text(sources: Sequence[Labelled]) -> Exported:
    """A header, and a row for each measurement. Numbers have all their digits; unknown values are empty."""
    rows = [{**_of_source(one), **_of_measurement(each)} for one in sources for each in one.results.measurements]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows({name: _safe(value) for name, value in row.items()} for row in rows)
    return Exported(out.getvalue())


def _of_source(source: Labelled) -> Mapping[str, Value]:
    results = source.results
    return {
        "source": source.label,
        "run_id": results.run_id,
        "host": results.host,
        "instance_type": results.platform.instance_type if results.platform else None,
    }


def _of_measurement(measurement: BenchmarkMeasurement) -> Mapping[str, Value]:
    shown = measurement.shown
    interval = shown.interval
    return {
        "target": measurement.target,
        "id": measurement.id,
        "group": measurement.group,
        "function": measurement.function,
        "value": measurement.value,
        "harness": measurement.harness,
        "variant": measurement.variant,
        "attempt": measurement.attempt,
        "process": measurement.process,
        "statistic": measurement.statistic,
        "point": shown.point,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "level": interval.level if interval else None,
        "standard_error": shown.standard_error,
        "spread": measurement.spread,
        "unit": measurement.unit,
        "direction": measurement.direction,
        "samples": len(measurement.samples.values) if measurement.samples else None,
        **{f"throughput_{kind}": measurement.throughput.get(kind) for kind in throughput_rates.UNITS},
        **{f"throughput_{kind}": amount for kind, amount in measurement.throughput.items()},
    }


def _safe(value: Value) -> Value:
    """A text that a spreadsheet does not take for a formula.

    An apostrophe goes before it, and before a text that begins with an apostrophe, so that taking one away restores
    every text.
    """
    return f"{_QUOTE}{value}" if isinstance(value, str) and value.startswith((*_FORMULA, _QUOTE)) else value
