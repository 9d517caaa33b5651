"""Parses the result lines that Criterion, libtest and bencher print.

Criterion's output is defined in `report.rs` of criterion.rs: the slope or else the mean, between the ends of its
confidence interval. libtest and the crate bencher print one line for each benchmark, `test NAME ... bench: N ns/iter
(+/- N)`, with the median, and the longest sample minus the shortest:
https://doc.rust-lang.org/unstable-book/library-features/test.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.runs.result_records import NANOSECONDS

# Criterion's time units in nanoseconds; some versions print the letter mu for the micro sign.
_TIMES = {"ps": 1e-3, "ns": 1.0, "us": 1e3, "\u00b5s": 1e3, "\u03bcs": 1e3, "ms": 1e6, "s": 1e9}
_VALUE = r"([-+]?[\d.]+(?:[eE][-+]?\d+)?) (.{0,40}?)"
_TIME = re.compile(rf"{_VALUE} {_VALUE} {_VALUE}\]\s*")
_THROUGHPUT = re.compile(rf"thrpt: +\[{_VALUE} {_VALUE} {_VALUE}\]")
# As Criterion prints rates: https://docs.rs/criterion/latest/criterion/enum.Throughput.html
_PREFIXES = {
    "": 1.0,
    "K": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "Ki": 2.0**10,
    "Mi": 2.0**20,
    "Gi": 2.0**30,
    "Ti": 2.0**40,
}
_RATE = re.compile(r"(?P<prefix>[KMGT]?i?)(?P<of>elem|B|b)/s")
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_BENCH = re.compile(
    rf"bench: +(?P<point>{_NUMBER}) (?P<unit>\S+)/iter \(\+/- (?P<spread>{_NUMBER})\)(?: = (?P<rate>{_NUMBER}) MB/s)?"
)


@dataclass(frozen=True)
class Printed:
    """What Criterion prints for a benchmark. All times are in nanoseconds, whatever unit was printed.

    `low` and `high` are the ends of the confidence interval, None if they have another unit than `point` has.
    `throughput` is the amount per iteration by kind, to the digits of the printed rate.
    """

    low: float | None
    point: float
    high: float | None
    unit: str
    throughput: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class BenchLine:
    """What libtest or bencher prints for a benchmark: the median, and the longest sample minus the shortest."""

    point: float
    unit: str
    spread: float
    throughput: Mapping[str, float] = field(default_factory=dict)


def is_time(unit: str) -> bool:
    return unit in _TIMES


def criterion_time(text: str) -> tuple[str, Printed] | None:
    """The title in front of the result on a line of Criterion, and the result; None if the line has none."""
    title, mark, rest = text.partition("time:   [")
    found = _TIME.fullmatch(rest) if mark else None
    if not found:
        return None
    try:
        numbers = [float(number) for number in found.groups()[::2]]
    except ValueError:
        return None  # printed by the benchmark itself and only similar
    units = found.groups()[1::2]
    if all(unit in _TIMES for unit in units):
        # Each of the three has the unit that suits it: 999.9 ns and 1.0001 µs may be the ends of one interval.
        low, point, high = (number * _TIMES[unit] for number, unit in zip(numbers, units, strict=True))
        return title.strip(), Printed(low, point, high, NANOSECONDS)
    low, point, high = numbers
    same = len(set(units)) == 1
    return title.strip(), Printed(low if same else None, point, high if same else None, units[1])


def criterion_throughput(text: str, printed: Printed) -> Mapping[str, float]:
    """The amount per iteration on a line with the throughput of a benchmark, by kind; empty if there is none.

    The amount is the rate multiplied by the time, rounded to four significant digits as the rate is.
    """
    found = _THROUGHPUT.search(text)
    rate = _RATE.fullmatch(found[4]) if found else None
    if not found or not rate or printed.unit != NANOSECONDS:
        return {}
    kinds = {
        "elem": "elements",
        "b": "bits",
        "B": "bytes" if rate["prefix"] in ("", "Ki", "Mi", "Gi", "Ti") else "bytes_decimal",
    }
    try:
        amount = float(found[3]) * _PREFIXES[rate["prefix"]] * printed.point * 1e-9
    except (ValueError, KeyError):
        return {}
    return {kinds[rate["of"]]: float(f"{amount:.4g}")}


def bench_line(text: str) -> tuple[str, BenchLine] | None:
    """The name in front of the result on a line of libtest or bencher, and the result; None if the line has none."""
    before, mark, _ = text.partition("bench:")
    found = _BENCH.match(text, len(before)) if mark else None
    if not found:
        return None
    point, spread, rate = (float((found[name] or "0").replace(",", "")) for name in ("point", "spread", "rate"))
    # libtest counts 1,000,000 bytes as a megabyte.
    throughput = {"bytes": float(f"{rate * point / 1e3:.4g}")} if rate and found["unit"] == NANOSECONDS else {}
    return before, BenchLine(point, found["unit"], spread, throughput)
