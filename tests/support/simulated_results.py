"""Simulated results to compare, as logarithms: 0.02 is 2 %.

A process has an effect of its own, the same for all its samples. The samples are skewed to the right and
autocorrelated, as those of Criterion are. Effects of processes are skewed too: a few are much slower than the rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from benchmarks.comparison.t_intervals import Floats

BENCHMARKS = 74  # as plonky2 has
SAMPLES = 100  # of a process, as Criterion's default
AUTOCORRELATION = 0.3  # of successive samples; measured 0.14 in the median of plonky2's benchmarks
SAMPLE_SPREAD = 0.03  # standard deviation of the samples of a process
SAMPLE_SKEW = 0.6  # of the lognormal distribution of samples: a skewness of 2.3


@dataclass(frozen=True)
class Units:
    """One side of a comparison: how many units, the standard deviation of their effects, and its skewness."""

    count: int
    spread: float = 0.02
    skewness: float = 1.0


@dataclass(frozen=True)
class Design:
    """How often both sides of a comparison were run, and whether in rounds."""

    old: int
    new: int
    paired: bool = False

    def __str__(self) -> str:
        if self.paired:
            return f"{self.old} rounds"
        return f"{self.old} units a side" if self.old == self.new else f"{self.old} against {self.new} units"


def effects(random: Generator, shape: tuple[int, ...], spread: float, skewness: float = 1.0) -> Floats:
    """Effects of processes, from a gamma distribution with mean 0."""
    gamma = 4 / skewness**2
    return (random.standard_gamma(gamma, shape) - gamma) / math.sqrt(gamma) * spread


def samples(random: Generator, trials: int, units: Units) -> Floats:
    """The samples of one side (trials, units, samples)."""
    noise = random.standard_normal((SAMPLES, trials, units.count))
    for index in range(1, SAMPLES):
        noise[index] = AUTOCORRELATION * noise[index - 1] + math.sqrt(1 - AUTOCORRELATION**2) * noise[index]
    variance = math.exp(SAMPLE_SKEW**2)
    skewed = (np.exp(SAMPLE_SKEW * noise) - math.sqrt(variance)) / math.sqrt(variance * (variance - 1))
    found: Floats = np.moveaxis(SAMPLE_SPREAD * skewed, 0, -1)
    return found + effects(random, (trials, units.count, 1), units.spread, units.skewness)


def numbers(
    random: Generator, comparisons: int, units: int, noise: float, share: float, skewness: float = 1.0
) -> Floats:
    """The numbers of one side (comparisons, benchmarks, units), a part of whose noise all benchmarks have in common."""
    own = effects(random, (comparisons, BENCHMARKS, units), noise * math.sqrt(1 - share), skewness)
    return own + effects(random, (comparisons, 1, units), noise * math.sqrt(share), skewness)


def sides(
    random: Generator,
    comparisons: int,
    design: Design,
    noise: float,
    share: float,
    *,
    skewness: float = 1.0,
    noisier: float = 1.0,
) -> tuple[Floats, Floats]:
    """The numbers of equals, of which the old ones have `noisier` times the noise of the new ones.

    In rounds, they have as much noise again that the two of a round have in common.
    """
    old = numbers(random, comparisons, design.old, noise * noisier, share, skewness)
    new = numbers(random, comparisons, design.new, noise, share, skewness)
    if design.paired:
        rounds = effects(random, (comparisons, 1, design.old), noise)
        old, new = old + rounds, new + rounds
    return old, new
