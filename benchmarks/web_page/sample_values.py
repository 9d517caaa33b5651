"""The samples of a measurement as a page shows them: all of them, or quantiles where there are too many for a page."""

from __future__ import annotations

import math
import statistics

from benchmarks.runs.result_records import BenchmarkMeasurement

PARTS = 10  # quantiles divide the samples into so many parts
DIGITS = 5  # significant ones, which is more than a plot can show
EXACT = 6  # significant digits of estimates and ratios


def values(measurement: BenchmarkMeasurement) -> list[float]:
    """The value per iteration of each sample, in the order in which they were taken, without those not finite."""
    samples = measurement.samples
    if samples is None:
        return []
    pairs = zip(samples.values, samples.iterations, strict=False)
    return [value / iterations for value, iterations in pairs if iterations > 0 and math.isfinite(value / iterations)]


def quantiles(ordered: list[float]) -> list[float]:
    """The least value, the PARTS - 1 quantiles in between, and the greatest value; of one sample, itself.

    Interpolated as by R's type 7: Hyndman & Fan, "Sample quantiles in statistical packages", The American Statistician
    50, 1996, doi:10.2307/2684934.
    """
    if len(ordered) < 2:
        return ordered
    return [min(ordered), *statistics.quantiles(ordered, n=PARTS, method="inclusive"), max(ordered)]


def rounded(value: float, digits: int = DIGITS) -> float | None:
    """The value with so many significant digits; None, which JSON has and NaN it has not, if it is not finite."""
    short = float(f"{value:.{digits}g}")
    if not math.isfinite(short):
        return None
    return int(short) if short.is_integer() and abs(short) < 1e15 else short
