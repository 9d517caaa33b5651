"""Ratios of new to old numbers with t intervals, for many benchmarks at once.

A unit is what was repeated independently of the rest: a process on a machine, or an instance. The last axis of an array
of numbers is its units, in logarithms, with NaN where a unit has no number; any axes before it are kept. Logarithms
make the ratio a difference, and treat old and new alike.

Samples of one process are no units: they share whatever made this process fast or slow. Kalibera & Jones, "Rigorous
benchmarking in reasonable time", ISMM 2013, doi:10.1145/2464157.2464160; for instances of EC2, Abedi & Brecht,
"Conducting repeatable experiments in highly variable cloud computing environments", ICPE 2017,
doi:10.1145/3030207.3030229.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from benchmarks.runs.result_records import Interval

Floats = NDArray[np.float64]

LEVEL = 0.95


@dataclass(frozen=True)
class LogRatios:
    """Logarithms of ratios new/old, in arrays of one shape.

    `low` and `high` limit the interval of the ratio, and `p` is the two-sided p-value of there being no difference.
    These three are NaN where a side has only one unit.
    """

    log: Floats
    low: Floats
    high: Floats
    p: Floats


def independent(old: Floats, new: Floats, level: float = LEVEL) -> LogRatios:
    """Ratios of two independent sides: the wider of Welch's and Student's intervals, and the greater of their p.

    With as many units on both sides, that is always Welch's. Otherwise Welch's alone is too narrow: with 2 against 10
    units it holds the true ratio in 89 % of cases. If the spread of the smaller side happens to be small, it takes the
    uncertainty to be that of the larger side, which is well known. docs/method.md has the figures.

    Every benchmark must have at least one unit on each side.
    """
    first, second = welch(old, new, level), student(old, new, level)
    low, high = np.minimum(first.low, second.low), np.maximum(first.high, second.high)
    return LogRatios(first.log, low, high, np.maximum(first.p, second.p))


def welch(old: Floats, new: Floats, level: float = LEVEL) -> LogRatios:
    """Ratios of two independent sides, which may have different spreads.

    The interval is that of Welch, "The generalization of 'Student's' problem when several different population
    variances are involved", Biometrika 34, 1947, doi:10.2307/2332510, with the degrees of freedom of Satterthwaite, "An
    approximate distribution of estimates of variance components", Biometrics Bulletin 2, 1946, doi:10.2307/3002019.
    """
    first, second = _summary(old), _summary(new)
    error = first.error + second.error
    # The squares of very small errors would be 0, those of their shares are not.
    share = first.error / np.where(error == 0, 1.0, error)
    freedom = 1 / (share**2 / np.maximum(first.freedom, 1) + (1 - share) ** 2 / np.maximum(second.freedom, 1))
    return _interval(second.mean - first.mean, error, np.where(_single(first, second), 0.0, freedom), level)


def student(old: Floats, new: Floats, level: float = LEVEL) -> LogRatios:
    """Ratios of two independent sides of the same spread, which both estimate together."""
    first, second = _summary(old), _summary(new)
    freedom = first.freedom + second.freedom
    squares = first.error * first.count * first.freedom + second.error * second.count * second.freedom
    error = squares / np.maximum(freedom, 1) * (1 / first.count + 1 / second.count)
    return _interval(second.mean - first.mean, error, np.where(_single(first, second), 0.0, freedom), level)


def paired(old: Floats, new: Floats, level: float = LEVEL) -> LogRatios:
    """Ratios of the units of two sides of which each two with the same index were measured together, in one round.

    What a round has in common, such as the state of the machine, cancels out: Bulej et al., "Duet benchmarking:
    improving measurement accuracy in the cloud", ICPE 2020, doi:10.1145/3358960.3379132. Pairs without one of their
    numbers do not count; every benchmark must have at least one complete pair.
    """
    differences = _summary(new - old)
    return _interval(differences.mean, differences.error, differences.freedom, level)


def interval(low: float, high: float, level: float) -> Interval | None:
    """The interval of a ratio from the logarithms of its limits; None if there is none."""
    return None if math.isnan(low) else Interval(low=ratio(low), high=ratio(high), level=level)


def ratio(log: float) -> float:
    """The ratio with this logarithm; infinite if it is too large for a float."""
    with np.errstate(over="ignore"):
        return float(np.exp(log))


@dataclass(frozen=True)
class _Summary:
    """Number of units, their mean, and its squared standard error."""

    count: Floats
    mean: Floats
    error: Floats

    @property
    def freedom(self) -> Floats:
        """The degrees of freedom."""
        return self.count - 1


def _single(first: _Summary, second: _Summary) -> NDArray[np.bool_]:
    """Where a side has one unit."""
    return np.minimum(first.count, second.count) < 2


def _summary(logs: Floats) -> _Summary:
    count = np.isfinite(logs).sum(axis=-1).astype(np.float64)
    least, most = np.nanmin(logs, axis=-1), np.nanmax(logs, axis=-1)
    # The mean of equal numbers may differ from them in its last digit, which would give them a spread.
    equal = least == most
    mean = np.where(equal, least, np.nansum(logs, axis=-1) / count)
    squares = np.nansum((logs - mean[..., np.newaxis]) ** 2, axis=-1)
    error = np.where(equal, 0.0, squares / np.maximum(count - 1, 1) / count)
    return _Summary(count, mean, error)


def _interval(log: Floats, error: Floats, freedom: Floats, level: float) -> LogRatios:
    """The t interval about `log`, from its squared standard error; none if `freedom` is 0.

    Without any spread the interval has no width, and p is 1 if there is no difference, else 0.
    """
    single, exact = freedom < 1, error == 0
    usable = np.where(single | exact, 1.0, freedom)
    half = special.stdtrit(usable, (1 + level) / 2) * np.sqrt(error)
    t = np.abs(log) / np.sqrt(np.where(exact, 1.0, error))
    p = np.where(exact, np.where(log == 0, 1.0, 0.0), 2 * special.stdtr(usable, -t))
    low, high, p = (np.where(single, np.nan, values) for values in (log - half, log + half, p))
    return LogRatios(log, low, high, p)
