"""Go's benchmark format, which benchstat reads: https://go.dev/design/14313-benchmark-format

Units and what is better: https://pkg.go.dev/golang.org/x/perf/benchfmt#UnitMetadata
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from benchmarks.exports import benchmark_names, left_out, throughput_rates
from benchmarks.exports.exported import Exported
from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import NANOSECONDS, BenchmarkMeasurement

# Go would take a number after the last hyphen for GOMAXPROCS.
_GOMAXPROCS = re.compile(r"-(?=[0-9]+$)")
_BLANK = " "


def text(sources: Sequence[Labelled]) -> Exported:
    """A line for each sample, or for the estimate where samples are not known or have another unit.

    Configuration lines say what they are of. Raises RefusedError if no measurement has a unit.
    """
    facts = [_facts(source) for source in sources]
    common = {key: value for key, value in facts[0].items() if all(one.get(key) == value for one in facts)}
    lines = _configuration({}, common)
    kept = [one for source in sources for one in source.results.measurements if one.unit]
    lines += [f"Unit {unit} better=higher" for unit in _larger_is_better(kept)]
    before: Mapping[str, str] = {}
    for source, its in zip(sources, facts, strict=True):
        if len(sources) > 1:
            # benchstat makes separate tables of what differs in its configuration, so only the label may differ.
            lines += [f"# {key}: {value}" for key, value in its.items() if key not in common]
        for (target, variant), group in groupby(
            (one for one in source.results.measurements if one.unit), lambda one: (one.target, one.variant)
        ):
            label = source.label if len(sources) > 1 else None
            now = _known({"source": label, "target": target, "variant": variant})
            lines += _configuration(before, now)
            before = now
            lines += [line for one in group for line in _results(one)]
    reasons = [
        (one, left_out.UNKNOWN_UNIT if one.unit is None else "its numbers have no unit")
        for source in sources
        for one in source.results.measurements
        if not one.unit
    ]
    lacking = left_out.sentences(reasons)
    left_out.refuse_nothing(kept, lacking, "Go's benchmark format")
    return Exported("".join(f"{line}\n" for line in lines), lacking)


def name(measurement: BenchmarkMeasurement) -> str:
    """`Benchmark`, the harness with a capital letter, and the id after a slash.

    The id is what `urllib.parse.unquote` makes of all that follows the first slash.
    """
    id = benchmark_names.encoded(measurement.id, also=_BLANK)
    return f"Benchmark{measurement.harness.capitalize()}/{_GOMAXPROCS.sub('%2D', id)}"


def _facts(source: Labelled) -> Mapping[str, str]:
    results = source.results
    return _known(
        {
            "host": results.host,
            "instance-type": results.platform.instance_type if results.platform else None,
            "commit": results.code.commit if results.code else None,
        }
    )


def _known(values: Mapping[str, str | None]) -> Mapping[str, str]:
    return {key: benchmark_names.encoded(value) for key, value in values.items() if value}


def _configuration(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The lines that change a configuration; a key without a value takes the key back."""
    taken_back = [f"{key}:" for key in before if key not in now]
    return [*taken_back, *(f"{key}: {value}" for key, value in now.items() if before.get(key) != value)]


def _results(measurement: BenchmarkMeasurement) -> list[str]:
    """The result lines. Only times have samples in the unit of their estimates: others are scaled when printed."""
    samples = measurement.samples
    if measurement.unit == NANOSECONDS and samples and min(samples.iterations, default=0) > 0:
        return [
            _result(measurement, round(iterations), value / iterations)
            for iterations, value in zip(samples.iterations, samples.values, strict=True)
        ]
    return [_result(measurement, 1, measurement.shown.point)]


def _result(measurement: BenchmarkMeasurement, iterations: int, value: float) -> str:
    rates = {
        throughput_rates.unit(kind): throughput_rates.per_second(amount, value)
        for kind, amount in throughput_rates.amounts(measurement).items()
    }
    pairs = [f"{value!r} {_unit(measurement)}", *(f"{rate!r} {unit}" for unit, rate in rates.items() if rate)]
    return "\t".join([name(measurement), str(iterations), *pairs])


def _unit(measurement: BenchmarkMeasurement) -> str:
    return f"{benchmark_names.encoded(measurement.unit or '', also=_BLANK)}/op"


def _larger_is_better(measurements: Sequence[BenchmarkMeasurement]) -> list[str]:
    """The units of which more is better: rates, and those of which the measurements say so."""
    rates = [throughput_rates.unit(kind) for one in measurements for kind in throughput_rates.amounts(one)]
    smaller = {_unit(one) for one in measurements if one.direction == "smaller"}
    larger = [_unit(one) for one in measurements if one.direction == "larger"]
    return [unit for unit in dict.fromkeys([*larger, *rates]) if unit not in smaller]
