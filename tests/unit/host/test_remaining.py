"""How much longer a measurement is said to take, and when nothing is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.host import remaining
from benchmarks.host.remaining import Benchmark, Course, Durations, seconds_left


def ffts(number: int) -> list[Benchmark]:
    return [("field", f"fft/{2**size}") for size in range(number)]


def course(begun: int, each: float, now: float, unseen: int = 0) -> Course:
    """A measurement whose benchmarks take `each` seconds, of which the first `unseen` had begun when it was found."""
    names = ffts(begun)
    seen = {one: index * each for index, one in enumerate(names) if index >= unseen}
    return Course(names, seen, now, started=None if unseen else 0.0)


def test_the_pace_so_far_tells_what_is_left() -> None:
    assert seconds_left(course(5, 8, now=34), 10, {}) == pytest.approx(5 * 8 + 6)


def test_a_benchmark_that_takes_longer_than_most_leaves_the_others_to_be_measured() -> None:
    assert seconds_left(course(5, 8, now=99), 10, {}) == pytest.approx(5 * 8)


def test_of_a_measurement_that_ran_already_its_age_tells_the_pace() -> None:
    one = Course(ffts(10), {}, now=80.0, started=0.0)
    assert seconds_left(one, 30, {}) == pytest.approx(20 * 8 + 8)
    assert seconds_left(Course(ffts(3), {}, now=24.0, started=0.0), 30, {}) is None


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (course(3, 8, now=17), 10),  # only two were seen to their end
        (course(9, 8, now=65, unseen=6), 20),  # it was found while it ran
        (course(5, 8, now=33), 0),  # how many there are is not known
        (course(5, 8, now=33), 4),  # or not rightly
        (Course((), {}, 5.0, 0.0), 10),
    ],
)
def test_nothing_is_said_where_nothing_can_be_estimated(one: Course, expected: int) -> None:
    assert seconds_left(one, expected, {}) is None


def test_an_earlier_run_tells_what_is_left_from_the_beginning_on() -> None:
    earlier = {one: 10.0 + index for index, one in enumerate(ffts(10))}
    assert seconds_left(Course((), {}, 5.0, 0.0), 10, earlier) == pytest.approx(145 - 5)
    assert seconds_left(course(1, 10, now=4), 10, earlier) == pytest.approx(145 - 4)


def test_an_earlier_run_on_a_faster_machine_is_scaled() -> None:
    earlier = dict.fromkeys(ffts(10), 10.0)
    assert seconds_left(course(2, 20, now=20), 10, earlier) == pytest.approx(9 * 10)  # too early to tell
    assert seconds_left(course(4, 20, now=60), 10, earlier) == pytest.approx(7 * 20)


def test_times_too_short_to_be_told_scale_nothing() -> None:
    earlier = dict.fromkeys(ffts(10), 1.0)
    assert seconds_left(course(6, 0.0, now=0), 10, earlier) == pytest.approx(5)


def test_benchmarks_that_an_earlier_run_lacks_count_like_the_others() -> None:
    earlier = dict.fromkeys(ffts(4), 10.0)
    assert seconds_left(course(2, 10, now=10), 8, earlier) == pytest.approx(10 + 2 * 10 + 4 * 10)


def test_an_earlier_run_of_other_benchmarks_does_not_count() -> None:
    assert seconds_left(course(2, 10, now=10), 8, {("field", "mul"): 10.0}) is None


def test_of_a_harness_that_tells_no_beginnings_only_the_whole_is_told_until_it_is_over() -> None:
    earlier = {("sums", "sum_1000"): 60.0, ("sums", "sum_2000"): 60.0}
    assert seconds_left(Course((), {}, 30.0, 0.0), 2, earlier) == pytest.approx(90)
    assert seconds_left(Course((), {}, 130.0, 0.0), 2, earlier) is None
    assert seconds_left(Course((), {}, 30.0, None), 2, earlier) is None


@given(
    begun=st.integers(0, 12),
    each=st.floats(0, 1e4),
    now=st.floats(0, 1e6),
    unseen=st.integers(0, 12),
    expected=st.integers(0, 100),
    earlier=st.dictionaries(st.sampled_from(ffts(12)), st.floats(0, 1e4)),
)
def test_what_is_left_is_never_negative(
    begun: int, each: float, now: float, unseen: int, expected: int, earlier: Durations
) -> None:
    left = seconds_left(course(begun, each, now, unseen), expected, earlier)
    assert left is None or left >= 0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (0, "less than 1 min left"),
        (59.9, "less than 1 min left"),
        (60, "about 1 min left"),
        (700, "about 12 min left"),
        (7140, "about 119 min left"),
        (7500, "about 2 h 05 min left"),
    ],
)
def test_what_is_left_is_said_in_words(seconds: float | None, said: str) -> None:
    assert remaining.phrase(seconds) == said
