"""Result lines of Criterion, libtest and bencher."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.readers import printed_results
from benchmarks.readers.printed_results import BenchLine, Printed

NS = Printed(9.0, 10.0, 11.0, "ns")


@pytest.mark.parametrize(
    ("unit", "scale"),
    [("ps", 1e-3), ("ns", 1.0), ("us", 1e3), ("µs", 1e3), ("\u03bcs", 1e3), ("ms", 1e6), ("s", 1e9)],
)
def test_times_are_in_nanoseconds_whatever_was_printed(unit: str, scale: float) -> None:
    line = f"mul                     time:   [1.0000 {unit} 2.0000 {unit} 3.0000 {unit}]"
    assert printed_results.criterion_time(line) == ("mul", Printed(1.0 * scale, 2.0 * scale, 3.0 * scale, "ns"))


def test_each_end_of_an_interval_has_its_own_unit() -> None:
    line = "                        time:   [999.12 ns 1.0001 µs 1.0020 µs]"
    title, printed = printed_results.criterion_time(line) or ("", NS)
    assert title == ""
    assert (printed.low, printed.point, printed.high) == pytest.approx((999.12, 1000.1, 1002.0))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8.0000 B 8.5000 B 9.0000 B", Printed(8.0, 8.5, 9.0, "B")),
        ("8.0 Mega cycles 8.5 Mega cycles 9.0 Mega cycles", Printed(8.0, 8.5, 9.0, "Mega cycles")),
        ("8.0000  8.5000  9.0000 ", Printed(8.0, 8.5, 9.0, "")),
        ("-1.0 J -0.5 J 0.0 J", Printed(-1.0, -0.5, 0.0, "J")),
        ("999.0 cycles 1.0000 Kcycles 1.0010 Kcycles", Printed(None, 1.0, None, "Kcycles")),
    ],
)
def test_a_custom_measurement_has_its_own_unit(text: str, expected: Printed) -> None:
    assert printed_results.criterion_time(f"box    time:   [{text}]") == ("box", expected)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "time:   [",
        "mine    time:   [low ns mid ns high ns]",
        "mine    time:   [1.2.3 ns 1 ns 1 ns]",
        "                        time:   [-1.2345% +0.3456% +1.2345%] (p = 0.61 > 0.05)",
        "mul    time:   [1.0 ns 2.0 ns 3.0 ns",
    ],
)
def test_other_lines_have_no_time(line: str) -> None:
    assert printed_results.criterion_time(line) is None


@pytest.mark.parametrize(
    ("rate", "amounts"),
    [
        ("819.2 Melem/s", {"elements": 8.192}),
        ("1.0000 elem/s", {"elements": 1e-8}),
        ("100.00 MiB/s", {"bytes": 1.049}),
        ("95.367 MiB/s", {"bytes": 1.0}),
        ("100.00 MB/s", {"bytes_decimal": 1.0}),
        ("800.00 Mb/s", {"bits": 8.0}),
        ("1.0000 Tb/s", {"bits": 10_000.0}),
        ("5.0000 widgets", {}),
        ("1.2.3 MB/s", {}),
    ],
)
def test_the_amount_follows_from_rate_and_time(rate: str, amounts: Mapping[str, float]) -> None:
    line = f"                        thrpt:  [0.9 Melem/s {rate} 1.1 Melem/s]"
    assert printed_results.criterion_throughput(line, NS) == pytest.approx(amounts)


def test_a_measurement_that_is_no_time_has_no_amount() -> None:
    line = "                        thrpt:  [1.0 elem/s 1.0 elem/s 1.0 elem/s]"
    assert printed_results.criterion_throughput(line, Printed(1.0, 1.0, 1.0, "B")) == {}


@pytest.mark.parametrize(
    ("line", "before", "result"),
    [
        (
            "test sum        ... bench:          88.22 ns/iter (+/- 18.58)",
            "test sum        ... ",
            BenchLine(88.22, "ns", 18.58),
        ),
        (
            "test sum ... bench:   5,583,160 ns/iter (+/- 1,830) = 12 MB/s",
            "test sum ... ",
            BenchLine(5583160.0, "ns", 1830.0, {"bytes": 67_000.0}),
        ),
        ("bench:         289 cycles/iter (+/- 0) = 3 MB/s", "", BenchLine(289.0, "cycles", 0.0)),
    ],
)
def test_lines_of_libtest_and_bencher_are_read(line: str, before: str, result: BenchLine) -> None:
    assert printed_results.bench_line(line) == (before, result)


@pytest.mark.parametrize("line", ["", "test sum ... ok", "bench: done", "bench: ns/iter (+/- 1)"])
def test_other_lines_are_no_results(line: str) -> None:
    assert printed_results.bench_line(line) is None


@given(st.text())
def test_any_line_can_be_read(line: str) -> None:
    for text in (line, f"time:   [{line}]", f"bench: {line}", f"thrpt: [{line}]"):
        printed_results.criterion_time(text)
        printed_results.bench_line(text)
        printed_results.criterion_throughput(text, NS)


@pytest.mark.parametrize("start", ["", "time:   [", "thrpt: [", "bench: ", "test "])
@pytest.mark.parametrize("filler", [" ", "x", "a ", "1 ", "1 ns ", "bench: ", "time:   ["])
def test_a_long_line_is_read_in_time_that_grows_with_its_length(start: str, filler: str) -> None:
    line = start + filler * (300_000 // len(filler))
    begun = time.process_time()
    printed_results.criterion_time(line)
    printed_results.bench_line(line)
    printed_results.criterion_throughput(line, NS)
    assert time.process_time() - begun < 5
