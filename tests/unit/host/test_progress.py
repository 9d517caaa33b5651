"""What a log says of how far a run is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.host import progress
from benchmarks.host.progress import BUILD, MEASURE, Progress

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


def test_benchmarks_are_told_apart_by_their_targets() -> None:
    again = MEASURING.replace("ffts", "others")
    assert progress.begun(MEASURING + again) == (
        ("ffts", "fft<GoldilocksField>/8192"),
        ("ffts", "mul"),
        ("others", "fft<GoldilocksField>/8192"),
        ("others", "mul"),
    )


def test_a_benchmark_of_another_target_is_another_one() -> None:
    again = MEASURING.replace("ffts", "others")
    assert progress.measured(MEASURING + again) == Progress("mul", 4)


@pytest.mark.parametrize("read", [progress.measured, progress.built])
def test_an_empty_log_tells_nothing(read: Callable[[str], Progress]) -> None:
    assert read("") == Progress(None, 0)


CRITERION = """\
     Running benches/ffts.rs (target/release/deps/ffts-0a1b)
Benchmarking fft/8192
Benchmarking fft/8192: Warming up for 500.00 ms
Benchmarking fft/8192: Analyzing
Benchmarking mul
"""
LIBTEST = """\
     Running benches/sums.rs (target/release/deps/sums-0a1b)

running 2 tests
test sum_1000 ... bench:         310 ns/iter (+/- 12)
test sum_2000 ... """


@pytest.mark.parametrize(
    ("step", "seconds", "expected", "log", "shown"),
    [
        (BUILD, 42, 0, "", "  0:42 building"),
        (BUILD, 42, 0, "    Updating crates.io index\n", "  0:42 building: Updating crates.io index"),
        (BUILD, 62, 0, "   Compiling serde v1.0\n   Compiling tiny v0.1\n", "  1:02 building: 2 crates, tiny"),
        (BUILD, 62, 104, "   Compiling serde v1.0\n   Compiling tiny v0.1\n", "  1:02 building: 2/104 crates, tiny"),
        (BUILD, 62, 1, "   Compiling tiny v0.1\n", "  1:02 building: 1/1 crate, tiny"),
        (BUILD, 62, 0, "   Compiling tiny v0.1\n", "  1:02 building: 1 crate, tiny"),
        (BUILD, 62, 1, "   Compiling serde v1.0\n   Compiling tiny v0.1\n", "  1:02 building: 2 crates, tiny"),
        # Nothing has to be compiled.
        (BUILD, 1, 104, "    Finished `bench` profile\n", "  0:01 building: Finished `bench` profile"),
        (MEASURE, 67, 0, "", "  1:07 measuring"),
        (MEASURE, 67, 28, CRITERION, "  1:07 measuring: 2/28 mul"),
        (MEASURE, 67, 0, CRITERION, "  1:07 measuring: 2 mul"),
        (MEASURE, 3600, 0, LIBTEST, "  60:00 measuring: test sum_2000 ..."),
        (MEASURE, 5, 0, "\x1b[32mround 3 of 9\x1b[0m\n\n", "  0:05 measuring: round 3 of 9"),
        (MEASURE, 5, 0, "  1 %\r  2 %\r  3 %", "  0:05 measuring: 3 %"),
        (MEASURE, 5, 0, "\x1b]0;title\x07done\r\n", "  0:05 measuring: done"),
    ],
)
def test_a_line_says_how_long_and_what_is_done(
    step: progress.Step, seconds: float, expected: int, log: str, shown: str
) -> None:
    assert progress.line(step, seconds, expected, log) == shown


def test_what_an_earlier_program_measured_is_not_told_of_the_next() -> None:
    assert progress.line(MEASURE, 9, 5, CRITERION + LIBTEST) == "  0:09 measuring: test sum_2000 ..."
    assert progress.line(MEASURE, 9, 5, LIBTEST + "\n" + CRITERION) == "  0:09 measuring: 2/5 mul"


def test_a_line_says_how_much_longer_it_takes_before_what_may_be_cut() -> None:
    said = progress.line(MEASURE, 67, 28, CRITERION, "about 12 min left")
    assert said == "  1:07 measuring, about 12 min left: 2/28 mul"
    assert progress.line(MEASURE, 3, 28, "", "about 12 min left") == "  0:03 measuring, about 12 min left"


@given(st.text())
def test_any_log_has_a_gist_of_one_line(log: str) -> None:
    assert len(progress.last_line(log).splitlines()) <= 1


@given(st.lists(st.sampled_from([*CRITERION.splitlines(), *BUILDING.splitlines(), *LIBTEST.splitlines()]), max_size=9))
def test_a_shortened_log_says_the_same(lines: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress, "LONGEST", 4_000)
        patch.setattr(progress, "_RECENT", 500)
        whole, short = b"", b""
        for line in lines * 2:
            new = f"{line}\n".encode() + b"what a program prints\n" * 50
            whole, short = whole + new, progress.shortened(short + new)
            assert len(short) <= 4_000
    for step in (BUILD, MEASURE):
        assert step.read(short.decode()) == step.read(whole.decode())


@pytest.mark.parametrize("line", [b"x", b"x\n", b"\xc3\xa4\x1b[2K\r", b"Benchmarking a\n", b"Benchmarking a", b"\n"])
def test_a_log_without_end_takes_little_memory(line: bytes) -> None:
    short = b""
    for _ in range(5):
        short = progress.shortened(short + line * (2**20 // len(line)))
        assert len(short) <= progress.LONGEST
    assert short


def test_of_too_many_lines_the_last_are_kept() -> None:
    log = "".join(f"Benchmarking {number}\n" for number in range(100_000))
    short = progress.shortened(log.encode())
    assert len(short) <= progress.LONGEST
    assert progress.measured(short.decode()).last == "99999"
