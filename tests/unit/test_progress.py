"""What a log says of how far a run is, and of why it failed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import progress
from benchmarks.progress import Progress

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
BUILD_ERROR = """\
   Compiling proc-macro2 v1.0.95
   Compiling tiny v0.1.0 (/home/b/source)
error[E0425]: cannot find value `y` in this scope
 --> src/lib.rs:2:5
  |
2 |     y
  |     ^ not found in this scope

For more information about this error, try `rustc --explain E0425`.
error: could not compile `tiny` (lib) due to 1 previous error
"""
PANIC = """\
Benchmarking mul
thread 'main' panicked at benches/tiny.rs:7:9:
no luck
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

error: bench failed, to rerun pass `--bench tiny`
"""


def test_each_benchmark_counts_once() -> None:
    assert progress.measured(MEASURING) == Progress("mul", 2)


@given(st.integers(0, len(MEASURING)))
def test_wherever_a_log_ends_only_whole_ids_count(end: int) -> None:
    assert progress.measured(MEASURING[:end]).last in (None, "fft<GoldilocksField>/8192", "mul")


def test_an_id_may_have_colons() -> None:
    assert progress.measured("Benchmarking a::b: Warming up for 3 s\n") == Progress("a::b", 1)


def test_the_crate_at_work_is_told() -> None:
    assert progress.built(BUILD_ERROR) == Progress("tiny", 2)


@pytest.mark.parametrize("read", [progress.measured, progress.built])
def test_an_empty_log_tells_nothing(read: Callable[[str], Progress]) -> None:
    assert read("") == Progress(None, 0)


def test_the_compilers_first_error_is_shown_with_where_it_is() -> None:
    shown = progress.first_error(BUILD_ERROR)
    assert shown.startswith("error[E0425]: cannot find value `y` in this scope\n --> src/lib.rs:2:5")
    assert "could not compile" not in shown


def test_a_panic_counts_and_not_what_cargo_says_of_it() -> None:
    assert progress.first_error(PANIC).startswith("thread 'main' panicked at benches/tiny.rs:7:9:\nno luck\n")


def test_what_cargo_says_is_shown_where_there_is_nothing_else() -> None:
    assert progress.first_error("error: could not compile `a`\n") == "error: could not compile `a`"


def test_a_log_without_an_error_is_shown_from_its_end() -> None:
    assert progress.first_error("\n".join(map(str, range(100))), lines=3) == "97\n98\n99"


@given(st.text(), st.integers(1, 20))
def test_an_error_is_never_longer_than_asked(log: str, lines: int) -> None:
    assert len(progress.first_error(log, lines).splitlines()) <= lines
