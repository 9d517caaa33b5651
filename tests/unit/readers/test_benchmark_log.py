"""What the programs in a log have measured."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest

from benchmarks.readers import benchmark_log
from benchmarks.readers.benchmark_log import Log
from benchmarks.readers.printed_results import BenchLine, Printed
from tests.support.benchmark_logs import LOG


def read(text: str) -> Log:
    return benchmark_log.read_stream(io.BytesIO(text.encode()))


def test_results_are_read_by_program_and_title() -> None:
    ffts, other = read(LOG).programs
    assert (ffts.target, ffts.lines, ffts.skipped, ffts.units) == ("all_ffts", {}, ["none"], {"ns"})
    assert list(ffts.printed) == ["mul", "fft<GoldilocksField>/8192"]
    assert ffts.printed["mul"] == Printed(5.1277, 5.1366, 5.1483, "ns", {"elements": 40.58})
    assert (other.target, other.printed) == ("other", {})
    assert other.lines == {
        "bench_hamming": BenchLine(88.22, "ns", 18.58),
        "takes long": BenchLine(5583160.0, "ns", 1830.0, {"bytes": 67_000.0}),
        "talks": BenchLine(289.0, "ns", 0.0),
    }


def test_a_benchmark_has_its_place_in_the_log() -> None:
    ffts, other = read(LOG).programs
    place = ffts.places["mul"]
    text = LOG.encode()[place.begin : place.end].decode()
    assert text.startswith("Benchmarking mul\n")
    assert text.endswith("5.1483 ns]\n")
    assert [place.position for place in (*ffts.places.values(), *other.places.values())] == [1, 2, 1, 2, 3]


@pytest.mark.parametrize(
    "log",
    [
        LOG.replace("mul", "\x1b[32mmul\x1b[0m"),
        LOG.replace("\n", "\r\n"),
        LOG.replace("µ", "\u03bc"),
        LOG.replace("test ", "\x1b[32m  7 %\x1b[0m\r\x1b[2Ktest "),
        LOG.replace("target/release/deps/", "target\\release\\deps/").replace("f575)", "f575.exe)"),
    ],
    ids=["colours", "CRLF", "mu", "overwritten", "Windows"],
)
def test_logs_differ_in_what_does_not_matter(log: str) -> None:
    assert [(p.target, p.printed, p.lines) for p in read(log).programs] == [
        (p.target, p.printed, p.lines) for p in read(LOG).programs
    ]


def test_lines_of_stderr_may_come_between_a_title_and_its_result() -> None:
    between = "warning: the clock is coarse\nBenchmarking fft<GoldilocksField>/8192: Analyzing\nanother thread speaks\n"
    log = LOG.replace("fft<GoldilocksField>/8192\n", f"fft<GoldilocksField>/8192\n{between}")
    assert list(read(log).programs[0].printed) == ["mul", "fft<GoldilocksField>/8192"]


def test_a_log_without_lines_of_cargo_and_stderr_is_a_program_without_a_name() -> None:
    (program,) = read("mul                     time:   [5.1 ns 5.2 ns 5.3 ns]\n").programs
    assert (program.target, list(program.printed)) == (None, ["mul"])


def test_the_same_benchmark_again_is_of_another_process() -> None:
    line = "mul                     time:   [5.1 ns 5.2 ns 5.3 ns]\n"
    head = "     Running benches/a.rs (target/release/deps/a-27f45bc17686f575)\n"
    assert [(p.target, list(p.printed)) for p in read(line * 3).programs] == [(None, ["mul"])] * 3
    assert [(p.target, list(p.printed)) for p in read((head + line) * 2).programs] == [("a", ["mul"])] * 2


def test_a_result_line_without_a_name_tells_the_unit_alone() -> None:
    (program,) = read("bench:         289 cycles/iter (+/- 0)\n").programs
    assert (program.lines, program.units) == ({}, {"cycles"})


def test_a_log_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    assert benchmark_log.read(tmp_path / "benchmark.log").programs == ()


def test_a_log_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        benchmark_log.read(tmp_path)


@pytest.mark.parametrize(
    "line", [" " * 300_000, "test " + " " * 300_000, "x" * 300_000, "\n" * 300_000, " \n" * 100_000, "a " * 100_000]
)
def test_a_long_log_is_read_in_time_that_grows_with_its_length(line: str) -> None:
    begun = time.process_time()
    assert read(line).programs == ()
    assert time.process_time() - begun < 5
