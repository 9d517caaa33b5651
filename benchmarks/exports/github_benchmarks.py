"""The input of github-action-benchmark: https://github.com/benchmark-action/github-action-benchmark

Of its tools, `customSmallerIsBetter`: a list of objects with name, unit, value, range and extra.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from benchmarks.errors import RefusedError
from benchmarks.exports import benchmark_names, left_out, throughput_rates
from benchmarks.exports.exported import Exported
from benchmarks.results import quantities
from benchmarks.results.labelled import Labelled
from benchmarks.runs.records import Json
from benchmarks.runs.result_records import BenchmarkMeasurement

_MARKUP = "`|"  # the action puts names into tables of its comments, between backticks


def text(sources: Sequence[Labelled]) -> Exported:
    """An object for each measurement of which less is better.

    Raises RefusedError if two sources have the same machine, and if there is no such measurement.
    """
    _refuse_same_machines(sources)
    entries: dict[str, Json] = {}
    reasons: list[left_out.Reason] = []
    for source in sources:
        for measurement in source.results.measurements:
            name = _name(source, measurement)
            if name in entries:
                reasons.append((measurement, "another measurement has the same name"))
            elif measurement.direction == "larger":
                reasons.append((measurement, "larger values are better, and the file is read as of smaller ones"))
            else:
                entries[name] = _entry(name, measurement)
    lacking = left_out.sentences(reasons)
    left_out.refuse_nothing(entries, lacking, "github-action-benchmark")
    document = json.dumps(list(entries.values()), indent=2, ensure_ascii=False, allow_nan=False)
    return Exported(document + "\n", lacking)


def machine(source: Labelled) -> str:
    """What a source's numbers depend on and the next run has too: the instance type, else the host, else the label."""
    platform = source.results.platform
    return (platform.instance_type if platform else None) or source.results.host or source.label


def _refuse_same_machines(sources: Sequence[Labelled]) -> None:
    seen: dict[str, str] = {}
    for source in sources:
        name = machine(source)
        if name in seen:
            raise RefusedError(
                f"{seen[name]} and {source.label} are both of {name}, so github-action-benchmark would take their "
                "benchmarks for the same: export one of them at a time."
            )
        seen[name] = source.label


def _name(source: Labelled, measurement: BenchmarkMeasurement) -> str:
    name = f"{machine(source)}: {benchmark_names.qualified(measurement)}"
    return benchmark_names.encoded(name, also=_MARKUP)


def _entry(name: str, measurement: BenchmarkMeasurement) -> Json:
    distance = _distance(measurement)
    return {
        "name": name,
        "unit": measurement.unit or "",
        "value": measurement.shown.point,
        **({} if distance is None else {"range": f"± {distance:.6g}"}),
        "extra": "\n".join(_remarks(measurement)),
    }


def _distance(measurement: BenchmarkMeasurement) -> float | None:
    """How far the interval reaches from the estimate, to the farther end, or libtest's spread, as libtest prints it."""
    shown = measurement.shown
    if shown.interval:
        return max(shown.point - shown.interval.low, shown.interval.high - shown.point)
    return measurement.spread


def _remarks(measurement: BenchmarkMeasurement) -> list[str]:
    shown, unit = measurement.shown, measurement.unit
    samples = f" of {len(measurement.samples.values)} samples" if measurement.samples else ""
    remarks = [f"{measurement.statistic}{samples}"]
    if interval := shown.interval:
        level = "" if interval.level is None else f"{quantities.level(interval.level)} "
        low, high = (quantities.quantity(end, unit) for end in (interval.low, interval.high))
        remarks.append(f"{level}interval {low} to {high}")
    for kind, amount in throughput_rates.amounts(measurement).items():
        rate = throughput_rates.per_second(amount, shown.point)
        if rate is not None:
            remarks.append(f"{rate:.4g} {throughput_rates.unit(kind)}")
    return remarks
