"""Criterion's directories: written as Criterion 0.5 does, and read as measurements in nanoseconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.runs.result_records import NANOSECONDS, BenchmarkMeasurement, Estimate, Interval, Samples

_KINDS = {"Elements": "elements", "Bytes": "bytes", "BytesDecimal": "bytes_decimal", "Bits": "bits"}
ESTIMATES = ("mean", "median", "median_abs_dev", "slope", "std_dev")


def write(root: Path, directory: str, id: str, points: dict[str, float], throughput: Any = None) -> None:
    """One benchmark. `points` are the point estimates by name; Criterion has no slope if it sampled flatly."""
    new = root / directory / "new"
    new.mkdir(parents=True)
    group, _, value = id.partition("/")
    benchmark = {
        "group_id": group,
        "function_id": None,
        "value_str": value or None,
        "throughput": throughput,
        "full_id": id,
        "directory_name": directory,
        "title": id,
    }
    estimates = {name: _statistic(points[name]) if name in points else None for name in ESTIMATES}
    mean = points["mean"]
    sample = {"sampling_mode": "Linear", "iters": [1.0, 2.0, 3.0], "times": [mean, 2 * mean, 3 * mean]}
    for file, content in {"benchmark": benchmark, "estimates": estimates, "sample": sample}.items():
        (new / f"{file}.json").write_text(json.dumps(content))


def read(root: Path) -> tuple[BenchmarkMeasurement, ...]:
    return tuple(_read_one(path.parent) for path in sorted(root.rglob("new/benchmark.json")))


def _statistic(point: float) -> dict[str, Any]:
    interval = {"confidence_level": 0.95, "lower_bound": point * 0.99, "upper_bound": point * 1.01}
    return {"confidence_interval": interval, "point_estimate": point, "standard_error": abs(point) * 0.005}


def _read_one(directory: Path) -> BenchmarkMeasurement:
    benchmark, estimates, sample = (
        json.loads((directory / f"{name}.json").read_text()) for name in ("benchmark", "estimates", "sample")
    )
    found = {name: _estimate(one) for name, one in estimates.items() if one}
    return BenchmarkMeasurement(
        id=benchmark["full_id"],
        group=benchmark["group_id"],
        function=benchmark["function_id"],
        value=benchmark["value_str"],
        target="bench",
        harness="criterion",
        unit=NANOSECONDS,
        statistic="slope" if "slope" in found else "mean",
        estimates=found,
        samples=Samples(mode=sample["sampling_mode"], iterations=tuple(sample["iters"]), values=tuple(sample["times"])),
        throughput=_throughput(benchmark["throughput"]),
    )


def _estimate(statistic: dict[str, Any]) -> Estimate:
    interval = statistic["confidence_interval"]
    return Estimate(
        point=statistic["point_estimate"],
        interval=Interval(
            low=interval["lower_bound"], high=interval["upper_bound"], level=interval["confidence_level"]
        ),
        standard_error=statistic["standard_error"],
    )


def _throughput(given: Any) -> dict[str, float]:
    amounts = (given or {}).get("ElementsAndBytes", given or {})
    return {_KINDS.get(kind, kind): float(amount) for kind, amount in amounts.items()}
