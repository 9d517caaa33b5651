"""Criterion's directories, written as Criterion 0.5 does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.readers import criterion
from benchmarks.readers.benchmark_log import ProgramOutput
from benchmarks.runs.result_records import NANOSECONDS, BenchmarkMeasurement

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
    """The measurements of a directory, as of a program that has printed nanoseconds."""
    reading = criterion.read(root, ProgramOutput(None, units={NANOSECONDS}))
    assert reading.problems == ()
    return tuple(measurement for _, measurement in reading.measurements)


def _statistic(point: float) -> dict[str, Any]:
    interval = {"confidence_level": 0.95, "lower_bound": point * 0.99, "upper_bound": point * 1.01}
    return {"confidence_interval": interval, "point_estimate": point, "standard_error": abs(point) * 0.005}
