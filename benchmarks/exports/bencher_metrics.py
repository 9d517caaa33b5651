"""The Bencher Metric Format: https://bencher.dev/docs/reference/bencher-metric-format/"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence

from benchmarks.errors import RefusedError
from benchmarks.exports import benchmark_names, left_out, throughput_rates
from benchmarks.exports.exported import Exported
from benchmarks.results.labelled import Labelled
from benchmarks.runs.records import Json
from benchmarks.runs.result_records import NANOSECONDS, BenchmarkMeasurement

LONGEST_NAME = 1024  # bytes, of a benchmark
LONGEST_MEASURE = 64
_LATENCY = "latency"  # Bencher's own measure, in nanoseconds
_RATES = {
    "elements": "elements-per-second",
    "bytes": "bytes-per-second",
    "bytes_decimal": "bytes-per-second",
    "bits": "bits-per-second",
}
_DIGEST = 16  # hexadecimal digits


def text(sources: Sequence[Labelled]) -> Exported:
    """The measurements of the only source, by name, as metrics by measure.

    Raises RefusedError for several sources, and if no measurement has a unit.
    """
    if len(sources) > 1:
        raise RefusedError(
            "Bencher keeps hosts apart as testbeds: export one source at a time, and give each its own --testbed."
        )
    metrics: dict[str, Json] = {}
    reasons: list[left_out.Reason] = []
    for measurement in sources[0].results.measurements:
        name = shortened(benchmark_names.qualified(measurement), LONGEST_NAME)
        if name in metrics:
            reasons.append((measurement, "another measurement has the same name"))
        elif not measurement.unit:
            unknown = measurement.unit is None
            reasons.append((measurement, left_out.UNKNOWN_UNIT if unknown else "its numbers have no unit"))
        else:
            metrics[name] = dict(_metrics(measurement))
    lacking = left_out.sentences(reasons)
    left_out.refuse_nothing(metrics, lacking, "Bencher")
    return Exported(json.dumps(metrics, indent=2, ensure_ascii=False, allow_nan=False) + "\n", lacking)


def shortened(name: str, longest: int) -> str:
    """A name of at most `longest` bytes: one that is longer is cut, and ends with a digest of the whole."""
    encoded = name.encode()
    if len(encoded) <= longest:
        return name
    end = f"~{hashlib.sha256(encoded).hexdigest()[:_DIGEST]}"
    return encoded[: longest - len(end)].decode(errors="ignore") + end


def _metrics(measurement: BenchmarkMeasurement) -> Iterator[tuple[str, Json]]:
    """The metrics by measure. A unit that is no time is a measure of its own; rates are derived from the time."""
    shown = measurement.shown
    interval = shown.interval
    is_time = measurement.unit == NANOSECONDS
    ends = (interval.low, interval.high) if interval else (None, None)
    yield (
        _LATENCY if is_time else shortened(measurement.unit or "", LONGEST_MEASURE),
        _metric(shown.point, *ends),
    )
    for kind, amount in throughput_rates.amounts(measurement).items():
        # The longest time gives the lowest rate.
        value, high, low = (
            None if time is None else throughput_rates.per_second(amount, time) for time in (shown.point, *ends)
        )
        if value is not None:
            yield shortened(_RATES.get(kind, f"{kind}-per-second"), LONGEST_MEASURE), _metric(value, low, high)


def _metric(value: float, low: float | None, high: float | None) -> Json:
    given = {"value": value, "lower_value": low, "upper_value": high}
    return {key: number for key, number in given.items() if number is not None}
