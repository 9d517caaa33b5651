"""Methods to find the interval of a ratio from samples (trials, units, samples): the product's, and worse ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from benchmarks.comparison import t_intervals
from benchmarks.comparison.t_intervals import Floats, LogRatios

DRAWS = 400  # of the bootstrap

# Of the samples of both sides.
Method = Callable[[Floats, Floats, Generator], LogRatios]


def medians(old: Floats, new: Floats, _random: Generator) -> LogRatios:
    """The method of the comparison: one number for each process."""
    return t_intervals.independent(np.median(old, axis=-1), np.median(new, axis=-1))


def welch(old: Floats, new: Floats, _random: Generator) -> LogRatios:
    """The same by Welch's interval alone."""
    return t_intervals.welch(np.median(old, axis=-1), np.median(new, axis=-1))


def pooled(old: Floats, new: Floats, _random: Generator) -> LogRatios:
    """A wrong method: samples of all processes, as if each were independent."""
    return t_intervals.independent(old.reshape(len(old), -1), new.reshape(len(new), -1))


def bootstrap(old: Floats, new: Floats, random: Generator) -> LogRatios:
    """The hierarchical bootstrap: processes are drawn with replacement, then samples of each; percentile interval."""
    limits = []
    for pair in zip(old, new, strict=True):
        means = []
        for side in pair:
            unit = random.integers(len(side), size=(DRAWS, len(side), 1))
            sample = random.integers(side.shape[-1], size=(DRAWS, *side.shape))
            means.append(np.median(side[unit, sample], axis=-1).mean(axis=-1))
        limits.append(np.percentile(means[1] - means[0], [2.5, 97.5]))
    low, high = np.array(limits).T
    return LogRatios((low + high) / 2, low, high, np.zeros_like(low))
