"""Results as they are recorded, with what a test is about changed, and two sources that have everything odd."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from benchmarks.results.labelled import Labelled
from benchmarks.runs.records import Source
from benchmarks.runs.result_records import (
    BenchmarkMeasurement,
    Code,
    Estimate,
    Interval,
    Platform,
    Results,
    Samples,
)

# Ids that break a format which takes them as they are.
HOSTILE = (
    "<script>alert(1)</script>",
    'it\'s "quoted", and `code`',
    "a|b\\|c",
    "=1+1",
    "line\nbreak",
    "tab\tand blank ",
    "50% of @someone's #1",
    "fft-16",
    "_under_ **bold** www.example.com",
    "العربية/8",
    "right\u202eto left",
    "x" * 300,
    "/",
)


def estimate(point: float, half: float = 1.0, level: float | None = 0.95) -> Estimate:
    """An estimate with an interval of `half` to both sides."""
    return Estimate(
        point=point, interval=Interval(low=point - half, high=point + half, level=level), standard_error=half / 2
    )


def criterion(id: str = "fft/8192", point: float = 100.0, **changes: Any) -> BenchmarkMeasurement:
    """A time that Criterion measured in three samples, with every estimate of its files."""
    given: dict[str, Any] = {
        "id": id,
        "group": "fft",
        "function": None,
        "value": "8192",
        "target": "field",
        "harness": "criterion",
        "unit": "ns",
        "statistic": "slope",
        "estimates": {
            "mean": estimate(point + 2),
            "median": estimate(point + 1),
            "median_abs_dev": estimate(0.5, 0.25),
            "slope": estimate(point),
            "std_dev": estimate(3.5, 0.5),
        },
        "samples": Samples(
            mode="Linear",
            iterations=(10.0, 20.0, 30.0),
            values=(10 * (point - 1), 20 * point, 30 * (point + 1)),
        ),
    }
    return BenchmarkMeasurement(**{**given, **changes})


def printed(id: str = "fft/8192", point: float = 100.0, **changes: Any) -> BenchmarkMeasurement:
    """A measurement of which only the printed estimate is known, in cycles."""
    given = {"unit": "Kcycles", "statistic": "typical", "estimates": {"typical": estimate(point)}, "samples": None}
    return criterion(id, point, **{**given, **changes})


def libtest(id: str = "bench_add", point: float = 254.0, spread: float = 35.0) -> BenchmarkMeasurement:
    return BenchmarkMeasurement(
        id=id,
        target="old",
        harness="libtest",
        unit="ns",
        statistic="median",
        estimates={"median": Estimate(point=point)},
        spread=spread,
    )


def results(*measurements: BenchmarkMeasurement, **changes: Any) -> Results:
    return Results(**{"measurements": measurements, **changes})


def platform(**changes: Any) -> Platform:
    given = {
        "os": "Debian",
        "kernel": "6.12",
        "architecture": "x86_64",
        "cpus_usable": 2,
        "memory_mib": 4096,
    }
    return Platform(**{**given, **changes})


def of_type(instance_type: str, **changes: Any) -> Results:
    """The results of one benchmark on an instance of a type."""
    return results(criterion(), platform=platform(instance_type=instance_type), **changes)


def code(**changes: Any) -> Code:
    given = {
        "suite": "one",
        "source": Source(crate="one", ref="1.0.0"),
        "package": "one",
        "benches": ("field", "merkle"),
        "arguments": (),
        "features": (),
        "rustflags": None,
        "environment": {},
        "toolchain": "system",
        "commit": "0123abc",
    }
    return Code(**{**given, **changes})


def labelled(*measurements: BenchmarkMeasurement, label: str = "new", **changes: Any) -> Labelled:
    return Labelled(label, results(*measurements, **changes))


def two_sources() -> tuple[Labelled, Labelled]:
    """An instance and a machine of the user's own.

    Both have two targets with equal ids, hostile ids, a custom unit, an unknown unit, throughputs and libtest's spread.
    """
    return (
        Labelled(
            "c7i",
            results(
                *_everything(100.0),
                run_id="20260519-081500",
                host="i-0123",
                attempt=1,
                started=datetime(2026, 5, 19, 8, 15, tzinfo=UTC),
                code=code(),
                platform=platform(instance_type="c7i.large"),
                problems=("criterion/field/odd/new/sample.json cannot be read: it is empty.",),
            ),
        ),
        Labelled("desk | mine", results(*_everything(120.0), host="desk", code=code(), platform=platform())),
    )


def _everything(point: float) -> tuple[BenchmarkMeasurement, ...]:
    return (
        criterion(point=point, throughput={"elements": 8192.0}),
        criterion(target="merkle", point=point * 3, throughput={"bytes": 4096.0}),
        criterion("both", point * 2, throughput={"elements": 10.0, "bytes": 64.0}),
        criterion("conf", point, estimates={"slope": estimate(point, level=0.995)}),
        *(criterion(id, point + number) for number, id in enumerate(HOSTILE)),
        printed("cycles", 1.5),
        printed("unknown", 7.0, unit=None),
        libtest(),
    )
