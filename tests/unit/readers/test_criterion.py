"""Criterion's files, of several versions and broken ones."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.readers import criterion, printed_results
from benchmarks.readers.benchmark_log import ProgramOutput
from benchmarks.readers.criterion import Reading
from benchmarks.readers.printed_results import Printed
from benchmarks.runs.result_records import BenchmarkMeasurement, Estimate, Interval, Samples


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


def read(root: Path, printed: dict[str, Printed] | None = None, units: tuple[str, ...] = ("ns",)) -> Reading:
    return criterion.read(root, ProgramOutput("all", printed=printed or {}, units=set(units)))


def measurements(reading: Reading) -> list[BenchmarkMeasurement]:
    return [measurement for _, measurement in reading.measurements]


def whole(root: Path, printed: dict[str, Printed] | None = None) -> list[BenchmarkMeasurement]:
    reading = read(root, printed)
    assert reading.problems == ()
    return measurements(reading)


def estimate(point: float) -> Estimate:
    return Estimate(point=point, interval=Interval(low=point - 1, high=point + 1, level=0.95), standard_error=0.5)


def test_a_benchmark_has_the_slope_where_there_is_one(tmp_path: Path) -> None:
    write(tmp_path, "mul")
    assert whole(tmp_path) == [
        BenchmarkMeasurement(
            id="mul",
            group="mul",
            harness="criterion",
            statistic="slope",
            estimates={"mean": estimate(12.0), "median": estimate(11.0), "slope": estimate(10.0)},
            unit="ns",
            samples=Samples(mode="Linear", iterations=(1.0, 2.0), values=(10.0, 20.0)),
        )
    ]


@pytest.mark.parametrize("more", [{"slope": None}, {}], ids=["null", "absent"])
def test_flat_sampling_has_the_mean(tmp_path: Path, more: dict[str, None]) -> None:
    write(tmp_path, "mul", estimates={"mean": statistic(12.0), **more})
    assert [(e.statistic, e.shown.point) for e in whole(tmp_path)] == [("mean", 12.0)]


@pytest.mark.parametrize(
    ("throughput", "amounts"),
    [
        (None, {}),
        ({"Elements": 8192}, {"elements": 8192}),
        ({"Bytes": 10}, {"bytes": 10}),
        ({"BytesDecimal": 10}, {"bytes_decimal": 10}),
        ({"Bits": 8}, {"bits": 8}),
        ({"ElementsAndBytes": {"elements": 1, "bytes": 2}}, {"elements": 1, "bytes": 2}),
    ],
)
def test_every_versions_throughput_is_read(tmp_path: Path, throughput: object, amounts: dict[str, float]) -> None:
    write(tmp_path, "fft", benchmark={"full_id": "fft/8192", "throughput": throughput})
    assert [(e.id, e.throughput) for e in whole(tmp_path)] == [("fft/8192", amounts)]


def test_the_parts_of_an_id_are_kept(tmp_path: Path) -> None:
    parts = {"group_id": "fft", "function_id": "new", "value_str": "8192"}
    write(tmp_path, "fft", benchmark={"full_id": "fft/new/8192", **parts})
    assert [(e.group, e.function, e.value) for e in whole(tmp_path)] == [("fft", "new", "8192")]


def test_benchmarks_of_one_id_are_told_apart_by_their_titles(tmp_path: Path) -> None:
    write(tmp_path, "mul", benchmark={"full_id": "mul", "title": "mul"})
    write(tmp_path, "mul_2", benchmark={"full_id": "mul", "title": "mul #2"})
    assert [e.id for e in whole(tmp_path)] == ["mul", "mul #2"]


def test_a_statistic_that_criterion_could_not_compute_is_left_out(tmp_path: Path) -> None:
    unknown = {**statistic(1.0), "point_estimate": None}
    write(tmp_path, "mul", estimates={"mean": statistic(12.0), "slope": None, "std_dev": unknown})
    assert [list(e.estimates) for e in whole(tmp_path)] == [["mean"]]


@pytest.mark.parametrize("sample", [{"iters": [1.0], "times": [1.0, 2.0]}, {"iters": [1.0, None], "times": [1.0, 2.0]}])
def test_samples_that_are_none_are_named(tmp_path: Path, sample: dict[str, Any]) -> None:
    write(tmp_path, "mul", sample=sample)
    assert [problem.partition(": ")[0] for problem in read(tmp_path).problems] == [
        f"{tmp_path}/mul/new is not as Criterion writes it"
    ]


def test_a_directory_may_be_called_by_another_name(tmp_path: Path) -> None:
    (write(tmp_path, "mul") / "sample.json").write_text("{")
    (problem,) = criterion.read(tmp_path, ProgramOutput(None), "x.tar.gz").problems
    assert problem.startswith("x.tar.gz/mul/new/sample.json cannot be read: ")


def test_ids_are_not_taken_from_paths_which_are_cut_and_collide(tmp_path: Path) -> None:
    write(tmp_path, "merkle-tree_Pose", "merkle-tree<Poseidon>/8192")
    write(tmp_path, "merkle-tree_Pose_2", "merkle-tree<Keccak>/8192")
    assert {e.id for e in whole(tmp_path)} == {"merkle-tree<Keccak>/8192", "merkle-tree<Poseidon>/8192"}


def test_only_the_newest_measurement_counts(tmp_path: Path) -> None:
    new = write(tmp_path, "group/mul")
    new.rename(tmp_path / "group/mul/base")
    assert whole(tmp_path) == []


@pytest.mark.parametrize("name", ["new", "base/new"])
def test_a_benchmark_may_be_called_as_criterion_calls_its_directories(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, name)
    assert [e.id for e in whole(tmp_path)] == [name]


def test_a_directory_without_benchmarks_has_none(tmp_path: Path) -> None:
    assert whole(tmp_path) == []


@pytest.mark.parametrize("unit", ["ps", "ns", "us", "µs", "\u03bcs", "ms", "s"])
def test_a_printed_time_confirms_the_nanoseconds_of_the_file_which_are_more_exact(tmp_path: Path, unit: str) -> None:
    scale = {"ps": 1e-3, "ns": 1.0, "ms": 1e6, "s": 1e9}.get(unit, 1e3)
    point = 12.34567 * scale
    write(tmp_path, "mul", estimates={"mean": statistic(point)})
    line = f"mul    time:   [12.000 {unit} 12.346 {unit} 13.000 {unit}]"
    timed = printed_results.criterion_time(line)
    assert timed
    (one,) = whole(tmp_path, dict([timed]))
    assert (one.shown.point, one.unit) == (point, "ns")


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        (Printed(9.0, 10.0, 11.0, "cycles"), (10.0, "cycles", Interval(low=9.0, high=11.0, level=0.95))),
        (Printed(0.9, 1.0, 1.1, "Kcycles"), (1.0, "Kcycles", Interval(low=0.9, high=1.1, level=0.95))),
        (Printed(0.9, 1.0, 1.1, ""), (1.0, "", Interval(low=0.9, high=1.1, level=0.95))),
        (Printed(None, 1.0, None, "Kcycles"), (1.0, "Kcycles", None)),
        # A time that is counted in something else than nanoseconds.
        (Printed(9e6, 1e7, 1.1e7, "ns"), (1e7, "ns", Interval(low=9e6, high=1.1e7, level=0.95))),
    ],
)
def test_what_is_no_time_in_nanoseconds_is_taken_as_it_was_printed(
    tmp_path: Path, printed: Printed, shown: tuple[object, ...]
) -> None:
    write(tmp_path, "mul")
    (one,) = measurements(read(tmp_path, {"mul": printed}, (printed.unit,)))
    assert (one.shown.point, one.unit, one.shown.interval) == shown


@pytest.mark.parametrize(("units", "unit"), [(("ns", "µs"), "ns"), (("ns", "B"), None), ((), None)])
def test_a_benchmark_without_a_line_of_its_own_is_a_time_only_where_all_of_its_target_are(
    tmp_path: Path, units: tuple[str, ...], unit: str | None
) -> None:
    write(tmp_path, "mul")
    assert [e.unit for e in measurements(read(tmp_path, units=units))] == [unit]


@pytest.mark.parametrize("file", ["benchmark", "estimates", "sample"])
@pytest.mark.parametrize(
    "content", [b"", b'{"full_id": ', b"\xff\xfe", b"[" * 100_000], ids=["empty", "cut", "binary", "deep"]
)
def test_a_broken_file_is_named_and_the_others_are_read(tmp_path: Path, file: str, content: bytes) -> None:
    write(tmp_path, "add", "add")
    path = write(tmp_path, "mul") / f"{file}.json"
    path.write_bytes(content)
    reading = read(tmp_path)
    assert [e.id for e in measurements(reading)] == ["add"]
    assert [problem.partition(" cannot be read: ")[0] for problem in reading.problems] == [str(path)]


@pytest.mark.parametrize("file", ["benchmark", "estimates", "sample"])
def test_a_missing_file_is_named(tmp_path: Path, file: str) -> None:
    path = write(tmp_path, "mul") / f"{file}.json"
    path.unlink()
    (problem,) = read(tmp_path).problems
    assert problem.startswith(f"{path} cannot be read: ")


@pytest.mark.parametrize("file", ["benchmark", "estimates", "sample"])
@pytest.mark.parametrize("content", [{}, [], None, 1, "text"])
def test_a_file_that_is_not_criterions_is_named(tmp_path: Path, file: str, content: object) -> None:
    change: dict[str, Any] = {file: content}
    directory = write(tmp_path, "mul", **change)
    reading = read(tmp_path)
    assert reading.measurements == ()
    assert [problem.partition(" is not as Criterion writes it: ")[0] for problem in reading.problems] == [
        str(directory)
    ]


@pytest.mark.parametrize(
    "point", [None, True, "10", [], float("nan"), float("inf"), 10**400], ids=lambda point: str(point)[:4]
)
def test_a_number_that_is_none_is_not_shown(tmp_path: Path, point: object) -> None:
    broken = {**statistic(1.0), "point_estimate": point}
    write(tmp_path, "mul", estimates={"mean": broken})
    reading = read(tmp_path)
    assert (reading.measurements, len(reading.problems)) == ((), 1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = {
    "benchmark": ("full_id", "title", "throughput", "group_id", "value_str"),
    "estimates": ("mean", "slope", "confidence_interval", "point_estimate"),
    "sample": ("times", "iters", "sampling_mode"),
}


@given(st.sampled_from(sorted(KEYS)).flatmap(lambda file: st.tuples(st.just(file), st.sampled_from(KEYS[file]))), JSON)
def test_whatever_stands_in_a_file_the_other_benchmarks_are_read(place: tuple[str, str], value: object) -> None:
    file, key = place
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, "add", "add")
        path = write(root, "mul", "mul") / f"{file}.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
        reading = read(root)
        assert "add" in [one.id for one in measurements(reading)]
        assert len(reading.measurements) + len(reading.problems) == 2
