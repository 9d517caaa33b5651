"""Criterion's files, of several versions and broken ones."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import criterion

UNITS = {"ps": 1e-3, "ns": 1.0, "µs": 1e3, "ms": 1e6, "s": 1e9}


def statistic(point: float) -> dict[str, Any]:
    interval = {"confidence_level": 0.95, "lower_bound": point - 1, "upper_bound": point + 1}
    return {"confidence_interval": interval, "point_estimate": point, "standard_error": 0.5}


def write(root: Path, name: str, id: str = "mul", **change: Any) -> Path:
    """One benchmark's directory as Criterion 0.5 writes it, but for what `change` says of its files."""
    files: dict[str, Any] = {
        "benchmark": {
            "group_id": id,
            "function_id": None,
            "value_str": None,
            "throughput": None,
            "full_id": id,
            "directory_name": name,
            "title": id,
        },
        "estimates": {"mean": statistic(12.0), "median": statistic(11.0), "slope": statistic(10.0)},
        "sample": {"sampling_mode": "Linear", "iters": [1.0, 2.0], "times": [10.0, 20.0]},
        "tukey": [1.0, 2.0, 3.0, 4.0],
    }
    directory = root / name / "new"
    directory.mkdir(parents=True)
    for file, content in {**files, **change}.items():
        (directory / f"{file}.json").write_text(json.dumps(content))
    return directory


def test_a_benchmark_has_the_slope_where_there_is_one(tmp_path: Path) -> None:
    write(tmp_path, "mul")
    (estimate,) = criterion.read(tmp_path)
    assert estimate == criterion.Estimate("mul", 10.0, 9.0, 11.0, 0.95, "slope", 2)


@pytest.mark.parametrize("more", [{"slope": None}, {}], ids=["null", "absent"])
def test_flat_sampling_has_the_mean(tmp_path: Path, more: dict[str, None]) -> None:
    write(tmp_path, "mul", estimates={"mean": statistic(12.0), **more})
    assert [(e.statistic, e.point) for e in criterion.read(tmp_path)] == [("mean", 12.0)]


@pytest.mark.parametrize(
    "throughput",
    [
        {"Elements": 8192},
        {"Bytes": 10},
        {"BytesDecimal": 10},
        {"Bits": 8},
        {"ElementsAndBytes": {"elements": 1, "bytes": 2}},
    ],
    ids=lambda throughput: next(iter(throughput)),
)
def test_every_versions_throughput_is_read_over(tmp_path: Path, throughput: dict[str, Any]) -> None:
    write(tmp_path, "fft", benchmark={"full_id": "fft/8192", "throughput": throughput})
    assert [e.id for e in criterion.read(tmp_path)] == ["fft/8192"]


def test_ids_are_not_taken_from_paths_which_are_cut_and_collide(tmp_path: Path) -> None:
    write(tmp_path, "merkle-tree_Pose", "merkle-tree<Poseidon>/8192")
    write(tmp_path, "merkle-tree_Pose_2", "merkle-tree<Keccak>/8192")
    assert [e.id for e in criterion.read(tmp_path)] == ["merkle-tree<Keccak>/8192", "merkle-tree<Poseidon>/8192"]


def test_only_the_newest_measurement_counts(tmp_path: Path) -> None:
    new = write(tmp_path, "group/mul")
    new.rename(tmp_path / "group/mul/base")
    assert criterion.read(tmp_path) == ()


def test_a_directory_without_benchmarks_has_none(tmp_path: Path) -> None:
    assert criterion.read(tmp_path) == ()


@pytest.mark.parametrize("file", ["benchmark", "estimates", "sample"])
@pytest.mark.parametrize("content", [b"", b'{"full_id": ', b"\xff\xfe"], ids=["empty", "cut", "binary"])
def test_a_broken_file_is_named(tmp_path: Path, file: str, content: bytes) -> None:
    path = write(tmp_path, "mul") / f"{file}.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))} cannot be read: "):
        criterion.read(tmp_path)


@pytest.mark.parametrize("file", ["estimates", "sample"])
def test_a_missing_file_is_named(tmp_path: Path, file: str) -> None:
    path = write(tmp_path, "mul") / f"{file}.json"
    path.unlink()
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))} cannot be read: "):
        criterion.read(tmp_path)


@pytest.mark.parametrize("file", ["benchmark", "estimates", "sample"])
@pytest.mark.parametrize("content", [{}, [], None, 1])
def test_a_file_that_is_not_criterions_is_an_error_that_says_where(tmp_path: Path, file: str, content: object) -> None:
    change: dict[str, Any] = {file: content}
    directory = write(tmp_path, "mul", **change)
    with pytest.raises(ValueError, match=f"^{re.escape(str(directory))} is not as Criterion writes it: "):
        criterion.read(tmp_path)


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0.0005, "0.500 ps"),
        (0.9, "900.0 ps"),
        (1.0, "1.000 ns"),
        (999.94, "999.9 ns"),
        (999.96, "1.000 µs"),
        (12346.0, "12.35 µs"),
        (1.5e6, "1.500 ms"),
        (3.3647e9, "3.365 s"),
        (12345e9, "12345 s"),
    ],
)
def test_a_time_is_shown_in_the_unit_that_suits_it(nanoseconds: float, text: str) -> None:
    assert criterion.duration(nanoseconds) == text


@given(st.floats(min_value=0.001, max_value=9.999e12))
def test_a_time_is_shown_with_four_digits_that_mean_it(nanoseconds: float) -> None:
    number, unit = criterion.duration(nanoseconds).split()
    assert len(number.replace(".", "")) == 4
    assert float(number) < 1000 or unit == "s"
    assert float(number) * UNITS[unit] == pytest.approx(nanoseconds, rel=0.00051)
