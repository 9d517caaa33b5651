"""Signs that a measurement is unstable, and what to do about each.

The kinds of signs are those of pyperf: https://pyperf.readthedocs.io/en/latest/run_benchmark.html#stable-benchmark
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from statistics import median

from benchmarks.runs.result_records import BenchmarkMeasurement, Platform, Samples

FEWEST = 10  # samples; Criterion itself takes no fewer, except with --quick
WIDEST = 0.05  # half an interval, as a share of the estimate
LARGEST_DRIFT = 0.05  # between the medians of the two halves, as a share of the first
LARGEST_STEAL = 0.01  # share of CPU time


class Sign(StrEnum):
    """What makes a measurement unstable, as the table names it."""

    FEW = "few samples"
    WIDE = "wide"
    DRIFT = "drift"
    STEAL = "steal"


_ADVICE: Mapping[Sign, str] = {
    Sign.FEW: (
        f"fewer than {FEWEST} samples: take --quick out of the suite's arguments, or give a larger --sample-size"
    ),
    Sign.WIDE: (
        f"an interval of more than ±{WIDEST:.0%}: give a longer --measurement-time in the suite's arguments, or a "
        "quieter machine"
    ),
    Sign.DRIFT: (
        f"samples that drift by more than {LARGEST_DRIFT:.0%} from the first half to the second: give a longer "
        "--warm-up-time, or run again and compare"
    ),
    Sign.STEAL: (
        f"lost more than {LARGEST_STEAL:.0%} of the CPU time to other machines of the hypervisor: run again, or on a "
        "larger or dedicated instance"
    ),
}
THROTTLED = (
    "{type} is a burstable type with standard credits: its CPU is throttled when they are used up. Choose another "
    "family, such as c7i, for numbers worth keeping."
)


def signs(measurement: BenchmarkMeasurement) -> tuple[Sign, ...]:
    """The signs that a measurement is unstable."""
    found = {
        Sign.FEW: measurement.samples is not None and len(measurement.samples.values) < FEWEST,
        Sign.WIDE: _half_width(measurement) > WIDEST,
        Sign.DRIFT: measurement.samples is not None and abs(_drift(measurement.samples)) > LARGEST_DRIFT,
        Sign.STEAL: (measurement.steal or 0.0) > LARGEST_STEAL,
    }
    return tuple(sign for sign, is_so in found.items() if is_so)


def warnings(measurements: Sequence[BenchmarkMeasurement], platform: Platform | None) -> list[str]:
    """A sentence for each sign that any of the measurements has, with what to do."""
    having = {sign: [one.id for one in measurements if sign in signs(one)] for sign in Sign}
    found = [f"{_named(ids)} {_ADVICE[sign]}." for sign, ids in having.items() if ids]
    if platform and platform.cpu_credits == "standard":
        found.append(THROTTLED.format(type=platform.instance_type))
    return found


def _named(ids: Sequence[str]) -> str:
    if len(ids) == 1:
        return f"{ids[0]} has"
    return f"{len(ids)} benchmarks ({ids[0]}, {ids[1]}{', …' if len(ids) > 2 else ''}) have"


def _half_width(measurement: BenchmarkMeasurement) -> float:
    """Half the interval as a share of the estimate, 0 if one of them is missing."""
    shown = measurement.shown
    if not shown.interval or not shown.point:
        return 0.0
    return (shown.interval.high - shown.interval.low) / 2 / abs(shown.point)


def _drift(samples: Samples) -> float:
    """The change of the median per iteration from the first half of the samples to the second, as a share."""
    each = [value / count for value, count in zip(samples.values, samples.iterations, strict=True) if count > 0]
    if len(each) < FEWEST:
        return 0.0
    first, second = median(each[: len(each) // 2]), median(each[len(each) // 2 :])
    return (second - first) / first if first > 0 else 0.0
