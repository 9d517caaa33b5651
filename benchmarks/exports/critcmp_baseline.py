"""A baseline as critcmp exports and reads it: https://github.com/BurntSushi/critcmp, versions 0.1.7 and 0.1.8.

critcmp takes every number for nanoseconds, and shows the mean, the standard deviation and the throughput.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from benchmarks.errors import RefusedError
from benchmarks.exports import benchmark_names, left_out
from benchmarks.exports.exported import Exported
from benchmarks.results.labelled import Labelled
from benchmarks.runs.records import Json
from benchmarks.runs.result_records import NANOSECONDS, BenchmarkMeasurement, Estimate

# Criterion's names. critcmp reads no benchmark that lacks one of these; it shows only the mean and std_dev.
_REQUIRED = ("mean", "median", "median_abs_dev", "std_dev")
_SLOPE = "slope"
_KINDS = {"elements": "Elements", "bytes": "Bytes", "bytes_decimal": "BytesDecimal", "bits": "Bits"}


def text(sources: Sequence[Labelled]) -> Exported:
    """The only source as a baseline that is named by its label.

    Raises RefusedError for several sources, and if no measurement has what critcmp needs.
    """
    if len(sources) > 1:
        raise RefusedError(
            "A file of critcmp holds one baseline: export one source at a time, then give critcmp all files."
        )
    (source,) = sources
    benchmarks: dict[str, Json] = {}
    reasons: list[left_out.Reason] = []
    for measurement, name in _named(source.results.measurements):
        reason = "another measurement has the same name" if name in benchmarks else _obstacle(measurement)
        if reason:
            reasons.append((measurement, reason))
        else:
            benchmarks[name] = _benchmark(source.label, name, measurement)
    lacking = left_out.sentences(reasons)
    left_out.refuse_nothing(benchmarks, lacking, "critcmp")
    document = {"name": source.label, "benchmarks": benchmarks}
    return Exported(json.dumps(document, indent=2, allow_nan=False) + "\n", lacking)


def _named(measurements: Sequence[BenchmarkMeasurement]) -> Sequence[tuple[BenchmarkMeasurement, str]]:
    """Each measurement with its name: the id, as critcmp shows it, unless several targets have a benchmark of that id.

    Only these have their target's name before it.
    """
    targets = Counter(id for id, _ in {(one.id, one.target) for one in measurements})
    return [
        (
            one,
            benchmark_names.qualified(one) if targets[one.id] > 1 else f"{one.id}{benchmark_names.suffix(one)}",
        )
        for one in measurements
    ]


def _obstacle(measurement: BenchmarkMeasurement) -> str:
    """Why critcmp could not show a measurement as it is; empty if it can."""
    if measurement.unit is None:
        return f"critcmp takes every number for nanoseconds, and {left_out.UNKNOWN_UNIT}"
    if measurement.unit != NANOSECONDS:
        return "critcmp takes every number for nanoseconds, and these are none"
    lacking = [name for name in _REQUIRED if not _is_whole(measurement.estimates.get(name))]
    if lacking:
        return (
            "critcmp needs Criterion's estimates with their intervals and standard errors, and some are missing: "
            f"{', '.join(lacking)}"
        )
    if any(amount % 1 for amount in measurement.throughput.values()):
        return "critcmp knows only whole numbers of bytes and elements"
    return ""


def _is_whole(estimate: Estimate | None) -> bool:
    """Whether an estimate has all that Criterion's files say of it, without which critcmp reads nothing."""
    return (
        estimate is not None
        and estimate.standard_error is not None
        and estimate.interval is not None
        and estimate.interval.level is not None
    )


def _benchmark(baseline: str, name: str, measurement: BenchmarkMeasurement) -> Json:
    return {
        "baseline": baseline,
        "fullname": f"{baseline}/{name}",
        "criterion_benchmark_v1": {
            # critcmp does not use the group, and does not look for the directory.
            "group_id": measurement.group or measurement.id,
            "function_id": measurement.function,
            "value_str": measurement.value,
            "throughput": _throughput(measurement.throughput),
            "full_id": name,
            "directory_name": measurement.id,
        },
        "criterion_estimates_v1": {
            name: _statistics(measurement.estimates[name])
            for name in (*_REQUIRED, _SLOPE)
            if _is_whole(measurement.estimates.get(name))
        },
    }


def _throughput(amounts: Mapping[str, float]) -> Json | None:
    """As in Criterion's own files, so that critcmp shows what it shows for these."""
    if not amounts:
        return None
    if len(amounts) > 1:
        return {"ElementsAndBytes": {kind: int(amount) for kind, amount in amounts.items()}}
    return {_KINDS.get(kind, kind): int(amount) for kind, amount in amounts.items()}


def _statistics(estimate: Estimate) -> Json:
    interval = estimate.interval
    return {
        "confidence_interval": {
            "confidence_level": interval.level if interval else None,
            "lower_bound": interval.low if interval else None,
            "upper_bound": interval.high if interval else None,
        },
        "point_estimate": estimate.point,
        "standard_error": estimate.standard_error,
    }
