"""What a log says of how far a run is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.host import progress
from benchmarks.host.progress import Progress

# As Criterion 0.5 writes without a terminal; an id of more than 23 characters stands on a line of its own.
MEASURING = """\
     Running benches/ffts.rs (target/release/deps/ffts-0a1b)
Benchmarking fft<GoldilocksField>/8192
Benchmarking fft<GoldilocksField>/8192: Warming up for 500.00 ms
Benchmarking fft<GoldilocksField>/8192: Collecting 10 samples in estimated 502.59 ms (4070 iterations)
Benchmarking fft<GoldilocksField>/8192: Analyzing
fft<GoldilocksField>/8192
                        time:   [122.92 µs 123.06 µs 123.24 µs]

Benchmarking mul
Benchmarking mul: Warming up for 500.00 ms
"""
BUILDING = """\
   Compiling proc-macro2 v1.0.95
   Compiling tiny v0.1.0 (/home/b/source)
error[E0425]: cannot find value `y` in this scope
"""


def test_each_benchmark_counts_once() -> None:
    assert progress.measured(MEASURING) == Progress("mul", 2)


@given(st.integers(0, len(MEASURING)))
def test_wherever_a_log_ends_only_whole_ids_count(end: int) -> None:
    assert progress.measured(MEASURING[:end]).last in (None, "fft<GoldilocksField>/8192", "mul")


def test_an_id_may_have_colons() -> None:
    assert progress.measured("Benchmarking a::b: Warming up for 3 s\n") == Progress("a::b", 1)


def test_the_crate_at_work_is_told() -> None:
    assert progress.built(BUILDING) == Progress("tiny", 2)


def test_a_benchmark_of_another_target_is_another_one() -> None:
    again = MEASURING.replace("ffts", "others")
    assert progress.measured(MEASURING + again) == Progress("mul", 4)


@pytest.mark.parametrize("read", [progress.measured, progress.built])
def test_an_empty_log_tells_nothing(read: Callable[[str], Progress]) -> None:
    assert read("") == Progress(None, 0)
