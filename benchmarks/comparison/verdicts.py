"""Which ratios are differences, for many benchmarks at once. The last axis of all arrays is a comparison's benchmarks.

A benchmark has changed if two conditions hold. That there is no difference at all is rejected by the procedure of
Benjamini & Hochberg, "Controlling the false discovery rate: a practical and powerful approach to multiple testing",
Journal of the Royal Statistical Society B 57, 1995, doi:10.1111/j.2517-6161.1995.tb02031.x, over all benchmarks of the
comparison. And its whole interval lies beyond a threshold, since a difference can be certain and still too small to
matter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.comparison.t_intervals import LEVEL, Floats, LogRatios
from benchmarks.errors import RefusedError

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Limits:
    """What counts as a difference. Raises RefusedError for a limit that is no share.

    A threshold of 0.02 is a band of ratios from 1/1.02 to 1.02, ends included: it is symmetric in logarithms, so that
    old and new can be swapped.
    """

    threshold: float = 0.02  # differences up to this do not matter
    noise: float = 0.10  # assumed of a benchmark that one side ran only once
    level: float = LEVEL  # of intervals
    false_discovery_rate: float = 0.05  # the share of wrong ones to expect among the differences that are found

    def __post_init__(self) -> None:
        for name in ("threshold", "noise"):
            if not 0 <= (value := getattr(self, name)) < math.inf:
                raise RefusedError(f"{name} must be a share such as 0.02, for 2 %, but it is {value:g}.")
        for name in ("level", "false_discovery_rate"):
            if not 0 < (value := getattr(self, name)) < 1:
                raise RefusedError(f"{name} must be a share between 0 and 1, but it is {value:g}.")


@dataclass(frozen=True)
class Changes:
    """What was found of each ratio; where none is true, it is unclear."""

    below: Flags  # new numbers are smaller
    above: Flags  # new numbers are larger
    same: Flags


def adjusted(p: Floats) -> Floats:
    """The p-values adjusted by Benjamini & Hochberg's procedure along the last axis; NaN stays NaN and does not count.

    The same as scipy.stats.false_discovery_control, but scipy.stats takes three times as long to load as what is used
    here, and that function accepts no NaN.
    """
    order = np.argsort(p, axis=-1)  # NaN last
    count = np.isfinite(p).sum(axis=-1, keepdims=True)
    scaled = np.take_along_axis(p, order, axis=-1) * count / np.arange(1, p.shape[-1] + 1)
    # An adjusted p is the least of its own and all larger ones.
    least = np.fmin.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1]
    result = np.empty_like(p)
    np.put_along_axis(result, order, np.minimum(least, 1.0), axis=-1)
    return result


def changes(ratios: LogRatios, limits: Limits) -> Changes:
    """What the ratios of a comparison say.

    A benchmark without an interval, which one side ran only once, has changed if its ratio is beyond both the assumed
    noise and the threshold; it never is the same.
    """
    band = math.log1p(limits.threshold)
    single = np.isnan(ratios.p)
    certain = adjusted(ratios.p) <= limits.false_discovery_rate
    wide = max(band, math.log1p(limits.noise))
    return Changes(
        below=np.where(single, ratios.log < -wide, certain & (ratios.high < -band)),
        above=np.where(single, ratios.log > wide, certain & (ratios.low > band)),
        same=~single & (ratios.low >= -band) & (ratios.high <= band),
    )
