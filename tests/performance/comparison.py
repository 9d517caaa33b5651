"""How often the comparison of two results is right, by simulation: python -m tests.performance.comparison --seed 7

Prints what was measured beside its bound, and exits 1 if one is broken. What is simulated is in
tests/support/simulated_results.py.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from benchmarks.comparison import t_intervals, verdicts
from benchmarks.comparison.t_intervals import Floats, LogRatios
from benchmarks.comparison.verdicts import Changes, Limits
from tests.support.interval_methods import Method, bootstrap, medians, pooled, welch
from tests.support.simulated_results import SAMPLES, Design, Units, samples, sides

TRIALS = 10_000
RATIO = math.log(1.05)  # between the two sides whose interval is checked
UNITS = (2, 3, 5, 10)  # a side
UNEQUAL = ((2, 5), (2, 10), (3, 10), (5, 10))
DESIGNS = (*(Design(count, count) for count in UNITS), *(Design(*counts) for counts in UNEQUAL), Design(10, 10, True))
SKEWED = (Design(5, 5), Design(2, 5), Design(2, 10), Design(3, 10), Design(10, 10, True))
SPREADS = (0.01, 0.02, 0.03)
SKEWNESSES = (1.0, 2.0)
NOISES = (0.005, 0.02, 0.05, 0.10)
SHARES = (0.0, 0.5, 0.9)  # of the variance of a process's numbers that all its benchmarks have in common
PER_CALL = 2_000_000  # samples at once


@dataclass(frozen=True)
class Measured:
    """A figure and its bound; `bound` is None for what is only told."""

    what: str
    figure: float
    bound: tuple[float, float] | None = None

    @property
    def is_kept(self) -> bool:
        return self.bound is None or self.bound[0] <= self.figure <= self.bound[1]

    def __str__(self) -> str:
        told = f"{self.what:<78} {self.figure:7.2%}"
        if self.bound is None:
            return told
        low, high = self.bound
        limit = (
            f"at least {low:.1%}" if high >= 1 else f"at most {high:.1%}" if low <= 0 else f"{low:.1%} to {high:.1%}"
        )
        return f"{told}   {limit:<16} {'ok' if self.is_kept else 'BROKEN'}"


def intervals(random: Generator, trials: int, old: Units, new: Units, method: Method = medians) -> tuple[float, float]:
    """How often the interval holds the true ratio, and its median width relative to the ratio."""
    covered, widths = 0, []
    most = max(1, PER_CALL // (SAMPLES * (old.count + new.count)))
    for begun in range(0, trials, most):
        now = min(most, trials - begun)
        found = method(samples(random, now, old), samples(random, now, new) + RATIO, random)
        covered += int(np.sum((found.low <= RATIO) & (found.high >= RATIO)))
        widths.append(np.exp(found.high - found.log) - np.exp(found.low - found.log))
    return covered / trials, float(np.median(np.concatenate(widths)))


def coverage(random: Generator, trials: int, method: Method = medians) -> Iterator[Measured]:
    """Intervals of two independent sides with as many units."""
    for skewness in SKEWNESSES:
        for spread in SPREADS:
            for count in UNITS:
                units = Units(count, spread, skewness)
                covered, width = intervals(random, trials, units, units, method)
                name = f"{count} units a side, spread {spread:.0%}, skewness {skewness:g}"
                yield Measured(f"interval holds the true ratio: {name}", covered, (0.93, 0.985))
                bounded = count == 5 and spread == 0.02
                yield Measured(f"  its median width: {name}", width, (0.0, 0.06) if bounded else None)


def unequal(random: Generator, trials: int) -> Iterator[Measured]:
    """Intervals of sides that differ in more than the ratio."""
    for counts in UNEQUAL:
        old, new = (Units(count) for count in counts)
        name = f"{counts[0]} against {counts[1]} units"
        yield Measured(f"interval holds the true ratio: {name}", intervals(random, trials, old, new)[0], (0.93, 1.0))
        yield Measured(f"  by Welch's alone: {name}", intervals(random, trials, old, new, welch)[0])
    old, new = Units(5, spread=0.01), Units(5, spread=0.04)
    name = "5 units a side, spread 1% against 4%"
    yield Measured(f"interval holds the true ratio: {name}", intervals(random, trials, old, new)[0])


def alternatives(random: Generator, trials: int) -> Iterator[Measured]:
    """Intervals of other methods; told only."""
    for method, fewer in ((pooled, 1), (bootstrap, 20)):
        for count in UNITS:
            covered, _ = intervals(random, max(1, trials // fewer), Units(count), Units(count), method)
            yield Measured(f"{method.__name__}: interval holds the true ratio: {count} units a side", covered)


def ratios(old: Floats, new: Floats, design: Design) -> LogRatios:
    return t_intervals.paired(old, new) if design.paired else t_intervals.independent(old, new)


def any_changed(found: Changes) -> float:
    """The share of comparisons with any verdict of faster or slower."""
    return float(np.mean(np.any(found.below | found.above, axis=-1)))


def false_alarms(random: Generator, comparisons: int, designs: Sequence[Design] = DESIGNS) -> Iterator[Measured]:
    """Comparisons of equals."""
    for design in designs:
        for share in SHARES:
            old, new = sides(random, comparisons, design, 1.0, share)
            for noise in NOISES:
                found = verdicts.changes(ratios(old * noise, new * noise, design), Limits())
                name = f"{design}, noise {noise:.1%}, {share:.0%} in common"
                yield Measured(f"equals with any verdict: {name}", any_changed(found), (0.0, 0.07))


def odd_noise(random: Generator, comparisons: int) -> Iterator[Measured]:
    """Comparisons of equals whose noise is more skewed than usual, or more on one side than on the other."""
    for design in SKEWED:
        # Some come near the bound, so that chance must not break it.
        several = (sides(random, comparisons, design, 0.05, 0.0, skewness=2.0) for _ in range(4))
        found = [any_changed(verdicts.changes(ratios(old, new, design), Limits())) for old, new in several]
        yield Measured(f"equals with any verdict: {design}, noise 5.0%, skewness 2", float(np.mean(found)), (0.0, 0.07))
    for design in (Design(5, 5), Design(3, 10), Design(2, 10)):
        old, new = sides(random, comparisons, design, 0.05, 0.0, noisier=3.0)
        one = any_changed(verdicts.changes(ratios(old, new, design), Limits()))
        yield Measured(f"equals with any verdict: {design}, old noise 15.0%, new 5.0%", one)


def welch_alone(random: Generator, comparisons: int) -> Iterator[Measured]:
    """Comparisons of equals by Welch's interval alone; told only."""
    for counts in UNEQUAL:
        design = Design(*counts)
        found = verdicts.changes(t_intervals.welch(*sides(random, comparisons, design, 0.05, 0.0)), Limits())
        yield Measured(f"Welch's alone: equals with any verdict: {design}, noise 5.0%", any_changed(found))


def single_runs(random: Generator, comparisons: int) -> Iterator[Measured]:
    """Comparisons of equals that ran once each, whose noise is assumed to be 10 %; told only."""
    design = Design(1, 1)
    for noise in (0.01, 0.02, 0.03, 0.05):
        found = verdicts.changes(ratios(*sides(random, comparisons, design, noise, 0.0), design), Limits())
        yield Measured(f"equals with any verdict: one run each, noise {noise:.1%}", any_changed(found))
        yield Measured("  its benchmarks with a verdict", float(np.mean(found.below | found.above)))


def power(random: Generator, comparisons: int) -> Iterator[Measured]:
    """How often one benchmark of all that is slower is found."""
    rounds = [(Design(count, count, True), 0.05, bound) for count, bound in ((10, None), (12, None), (15, (0.90, 1.0)))]
    units = [(Design(count, count), slower, None) for count in (3, 5, 10) for slower in (0.05, 0.10)]
    for design, slower, bound in (*rounds, *units):
        for share in SHARES:
            old, new = sides(random, comparisons, design, 0.02, share)
            new[:, 0] += math.log1p(slower)
            found = verdicts.changes(ratios(old, new, design), Limits())
            name = f"{design}, noise 2.0%, {share:.0%} in common"
            yield Measured(f"{slower:.0%} slower and found: {name}", float(np.mean(found.above[:, 0])), bound)


def sameness(random: Generator, comparisons: int) -> Iterator[Measured]:
    """How many benchmarks that are equal are the same."""
    design = Design(15, 15, True)
    for share in SHARES:
        found = verdicts.changes(ratios(*sides(random, comparisons, design, 0.01, share), design), Limits())
        name = f"15 rounds, noise 1.0%, {share:.0%} in common"
        yield Measured(f"equal and the same: {name}", float(np.mean(found.same)), (0.90, 1.0))


def geometric_means(random: Generator, trials: int) -> Iterator[Measured]:
    """Intervals of the geometric mean over all benchmarks of equals, half of whose noise they have in common."""
    for design in (Design(5, 5), Design(10, 10, True)):
        old, new = sides(random, trials, design, 0.02, 0.5)
        found = ratios(old.mean(axis=1), new.mean(axis=1), design)
        # The same if benchmarks were independent: from the spread of their ratios.
        naive = t_intervals.paired(old.mean(axis=-1), new.mean(axis=-1))
        for name, one, bound in (("", found, (0.93, 0.985)), ("  from benchmarks' ratios: ", naive, None)):
            covered = float(np.mean((one.low <= 0) & (one.high >= 0)))
            yield Measured(f"{name or 'geometric mean in its interval: '}{design}, 50% in common", covered, bound)


def everything(seed: int, trials: int) -> Iterator[Measured]:
    random = np.random.default_rng(seed)
    comparisons = max(1, trials // 5)
    yield from coverage(random, trials)
    yield from unequal(random, trials)
    yield from alternatives(random, trials)
    yield from false_alarms(random, comparisons)
    yield from odd_noise(random, comparisons)
    yield from welch_alone(random, comparisons)
    yield from single_runs(random, comparisons)
    yield from power(random, comparisons)
    yield from sameness(random, comparisons)
    yield from geometric_means(random, comparisons)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--trials", type=int, default=TRIALS, help="of each interval; a fifth as many comparisons")
    given = parser.parse_args()
    broken = 0
    for measured in everything(given.seed, given.trials):
        print(measured, flush=True)
        broken += not measured.is_kept
    print(f"{broken} bounds are broken." if broken else "All bounds are kept.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
