"""What programs have printed, as the log has it."""

from __future__ import annotations

import time

import pytest

from benchmarks.host import log_output, progress
from benchmarks.host.log_output import Section

# As Criterion 0.5 writes without a terminal; a title of more than 23 characters stands on a line of its own.
LOG = """\
   Compiling one v0.1.0 (/home/b/source)
    Finished `bench` profile [optimized] target(s) in 0.06s
     Running benches/ffts.rs (/home/b/target/release/deps/all_ffts-27f45bc17686f575)
Benchmarking mul
Benchmarking mul: Warming up for 500.00 ms
Benchmarking mul: Collecting 10 samples in estimated 502.59 ms (4070 iterations)
Benchmarking mul: Analyzing
mul                     time:   [5.1277 ns 5.1366 ns 5.1483 ns]
                        thrpt:  [7.8 Gelem/s 7.9 Gelem/s 8.0 Gelem/s]
Found 2 outliers among 10 measurements (20.00%)
  2 (20.00%) low mild
fft<GoldilocksField>/8192
                        time:   [122.92 µs 123.06 µs 123.24 µs]

Benchmarking none: Analyzing
Criterion.rs ERROR: At least one measurement of benchmark none took zero time per iteration.
    Finished `bench` profile [optimized] target(s) in 0.01s
     Running benches/other.rs (target/release/deps/other-c3e1eaf73513d34d)

running 3 tests
test bench_hamming        ... bench:          88.22 ns/iter (+/- 18.58)
test takes long           ... bench:   5,583,160 ns/iter (+/- 1,830) = 12 MB/s
test is_no_benchmark      ... ok
"""


def sections() -> tuple[Section, ...]:
    return log_output.sections(LOG)


def test_a_log_is_told_apart_by_the_targets_that_wrote_it() -> None:
    assert [section.target for section in sections()] == [None, "all_ffts", "other"]
    assert sections()[1].text.lstrip().startswith("Benchmarking mul\n")


def test_an_executable_is_called_after_its_target() -> None:
    assert log_output.executable("all-ffts") == "all_ffts"


def test_the_line_of_older_cargos_names_the_target_too() -> None:
    log = "     Running target/release/deps/ffts-27f45bc17686f575\nBenchmarking mul\n"
    assert [section.target for section in log_output.sections(log)] == [None, "ffts"]


@pytest.mark.parametrize(
    "log",
    [
        LOG.replace("mul", "\x1b[32mmul\x1b[0m"),
        LOG.replace("\n", "\r\n"),
        LOG.replace("test ", "\x1b[32m  7 %\x1b[0m\r\x1b[2Ktest "),
        LOG.replace("mul", "\x1b]0;a window\x07mul"),
    ],
)
def test_only_what_a_terminal_shows_is_read(log: str) -> None:
    assert log_output.sections(log) == sections()


def test_what_is_begun_counts_once() -> None:
    assert log_output.begun(sections()[1]) == ("mul", "none")


@pytest.mark.parametrize(
    "line", [" " * 300_000, "test " + " " * 300_000, "x" * 300_000, "\n" * 300_000, " \n" * 100_000, "a " * 100_000]
)
def test_a_long_log_is_read_in_time_that_grows_with_its_length(line: str) -> None:
    begun = time.process_time()
    (section,) = log_output.sections(line)
    log_output.begun(section)
    progress.built(line)
    assert time.process_time() - begun < 5
