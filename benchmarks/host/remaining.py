"""How much longer a measurement takes, from its pace so far and from how long an earlier one took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Benchmark = tuple[str, str]  # the name of the target's executable, and the benchmark's id in it
Durations = Mapping[Benchmark, float]  # seconds that each benchmark took
# Fewer benchmarks say nothing of the pace of the others.
FEWEST = 3
# The sum of shorter times says nothing of how much faster or slower this machine is: logs tell times to about a second.
SHORTEST = 10.0  # seconds
HOUR = 60  # minutes


@dataclass(frozen=True)
class Course:
    """How a measurement has gone: what was begun, in order, and when that was seen."""

    begun: Sequence[Benchmark]
    # Seconds from any fixed time on. What had begun before somebody looked was seen at no time.
    seen: Mapping[Benchmark, float] = field(default_factory=dict)
    now: float = 0.0  # by the same clock
    started: float | None = None  # when the measurement was started, None if that is not known

    @property
    def took(self) -> Durations:
        """Seconds of the benchmarks of which both beginning and end were seen."""
        return {
            one: self.seen[following] - self.seen[one]
            for one, following in pairwise(self.begun)
            if one in self.seen and following in self.seen
        }

    @property
    def mean(self) -> float | None:
        """Seconds that a benchmark takes, None as long as too few have ended."""
        if len(took := self.took) >= FEWEST:
            return sum(took.values()) / len(took)
        # It ran before somebody looked.
        if self.started is not None and len(self.begun) > FEWEST:
            return (self.now - self.started) / len(self.begun)
        return None

    @property
    def of_current(self) -> float:
        """Seconds since the current benchmark was seen to begin."""
        return self.now - self.seen.get(self.begun[-1], self.now) if self.begun else 0.0


def seconds_left(course: Course, expected: int, earlier: Durations) -> float | None:
    """Seconds until the end, None if nothing can be said.

    `expected` is the number of benchmarks, 0 if it is not known; `earlier` are the durations of an earlier measurement.
    """
    if not course.begun:
        return _left_before_the_first(course, earlier)
    if known := [one for one in earlier if one in course.begun]:
        return _left_by_earlier(course, expected, earlier, known)
    mean = course.mean
    if mean is None or expected < len(course.begun):
        return None
    return mean * (expected - len(course.begun)) + max(0.0, mean - course.of_current)


def _left_before_the_first(course: Course, earlier: Durations) -> float | None:
    """Some harnesses do not tell what they begin: then only the whole can be told, until it is over."""
    left = sum(earlier.values()) - (course.now - course.started) if course.started is not None else -1.0
    return left if earlier and left >= 0 else None


def _left_by_earlier(course: Course, expected: int, earlier: Durations, known: Sequence[Benchmark]) -> float:
    slower = _slower(course.took, earlier)
    typical = sum(earlier.values()) / len(earlier)
    coming = [seconds for one, seconds in earlier.items() if one not in course.begun]
    # The earlier one may not have come to its end.
    unknown = max(0, expected - len(course.begun) - len(coming))
    current = earlier.get(course.begun[-1], typical) * slower - course.of_current
    return slower * (sum(coming) + unknown * typical) + max(0.0, current)


def _slower(took: Durations, earlier: Durations) -> float:
    """How many times longer benchmarks take than earlier; 1 as long as too little is known."""
    both = [one for one in took if one in earlier]
    before = sum(earlier[one] for one in both)
    return sum(took[one] for one in both) / before if len(both) >= FEWEST and before >= SHORTEST else 1.0


def phrase(seconds: float | None) -> str:
    """That time in words, such as `about 12 min left`; empty for None."""
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    if seconds < 60:
        return "less than 1 min left"
    if minutes < 2 * HOUR:
        return f"about {minutes} min left"
    return f"about {minutes // HOUR} h {minutes % HOUR:02} min left"
