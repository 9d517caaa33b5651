"""Exports as the programs read them that they are for: critcmp and benchstat, built from their registries."""

from __future__ import annotations

import csv
import io
import os
import statistics
import subprocess
from pathlib import Path

import pytest

from benchmarks.exports import critcmp_baseline, go_benchmarks
from benchmarks.results.labelled import Labelled
from benchmarks.runs.result_records import BenchmarkMeasurement, Samples
from tests.support import built_programs, criterion_directories
from tests.support.result_samples import HOSTILE, criterion, labelled, printed, results, two_sources


@pytest.fixture(scope="module")
def critcmp() -> Path:
    return built_programs.critcmp()


@pytest.fixture(scope="module")
def benchstat() -> Path:
    return built_programs.benchstat()


def run(program: Path, *arguments: str | Path) -> str:
    # critcmp looks for Criterion's files in the directory that this variable names, or above the working directory.
    environment = {name: value for name, value in os.environ.items() if name != "CARGO_TARGET_DIR"}
    done = subprocess.run([program, *arguments], env=environment, cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def exported(path: Path, *sources: Labelled, critcmp: bool = False) -> Path:
    path.write_text((critcmp_baseline if critcmp else go_benchmarks).text(sources).text, encoding="utf-8")
    return path


def write_criterion(target: Path, factor: float) -> Path:
    """What Cargo's target directory has of Criterion, of all kinds of throughput; returns Criterion's own directory."""
    root = target / "criterion"
    points = {"mean": 102.4, "median": 101.0, "median_abs_dev": 0.8, "slope": 100.7, "std_dev": 3.456}
    odd = [
        ("time", "fft/8192", 1.0, None),
        ("elements", "fft/16384", 1e3, {"Elements": 16384}),
        ("bytes", "hash/<T>", 1e6, {"Bytes": 4096}),
        ("decimal", "hash/MB", 1e9, {"BytesDecimal": 4096}),
        ("bits", "bits", 1e-3, {"Bits": 64}),
        ("both", "both |x|", 7.0, {"ElementsAndBytes": {"elements": 8, "bytes": 64}}),
        ("negative", "negative", -1.0, None),
        ("zero", "zero", 0.0, {"Bytes": 1}),
    ]
    for directory, id, scale, throughput in odd:
        scaled = {name: point * scale * factor for name, point in points.items()}
        criterion_directories.write(root, directory, id, scaled, throughput)
    flat = {name: point * factor for name, point in points.items() if name != "slope"}
    criterion_directories.write(root, "flat", "العربية", flat)
    return root


def test_critcmp_shows_an_export_as_it_shows_criterions_directory(critcmp: Path, tmp_path: Path) -> None:
    measurements = criterion_directories.read(write_criterion(tmp_path / "target", 1.0))
    file = exported(tmp_path / "new.json", labelled(*measurements), critcmp=True)
    shown = run(critcmp, file)
    assert shown == run(critcmp, "--target-dir", tmp_path / "target", "new")
    assert len(shown.splitlines()) == 2 + len(measurements)
    assert "102.4±3.46ns" in shown.replace(" ", "")
    assert run(critcmp, "--list", file) == run(critcmp, "--list", "--target-dir", tmp_path / "target", "new")


def test_critcmp_compares_two_exports(critcmp: Path, tmp_path: Path) -> None:
    files = [
        exported(
            tmp_path / f"{label}.json",
            Labelled(label, results(*criterion_directories.read(write_criterion(tmp_path / label, factor)))),
            critcmp=True,
        )
        for label, factor in (("before", 2.0), ("after", 1.0))
    ]
    lines = run(critcmp, *files, "--filter", "fft/8192").splitlines()
    assert lines[0].split() == ["group", "after", "before"]
    assert "1.00 102.4±3.46ns" in " ".join(lines[2].split())
    assert "2.00 204.8±6.91ns" in " ".join(lines[2].split())


def test_critcmp_reads_every_hostile_id_and_both_targets(critcmp: Path, tmp_path: Path) -> None:
    shown = run(critcmp, "--list", exported(tmp_path / "new.json", two_sources()[0], critcmp=True))
    names = ("field/fft/8192", "merkle/fft/8192", "both", *HOSTILE)
    # critcmp aligns its columns by tabs, those in an id too.
    words = " ".join(shown.split())
    assert [name for name in names if " ".join(name.split()) not in words] == []
    assert sum(line.startswith("c7i ") for line in shown.splitlines()) == len(names)


def tables(text: str) -> dict[str, dict[str, list[str]]]:
    """The tables of benchstat's CSV by unit: the cells of each row by its name."""
    found: dict[str, dict[str, list[str]]] = {}
    for row in csv.reader(io.StringIO(text)):
        if len(row) > 1 and row[0] == "" and row[1] and "CI" in row:
            rows = found.setdefault(row[1], {})
        elif len(row) > 1 and row[0] not in ("", "geomean"):
            rows[row[0]] = row[1:]
    return found


def sampled(id: str, point: float, **changes: object) -> BenchmarkMeasurement:
    """Ten samples around a time in nanoseconds."""
    iterations = tuple(float(10 * number) for number in range(1, 11))
    values = tuple(count * (point + number) for number, count in enumerate(iterations))
    return criterion(id, point, samples=Samples(mode="Linear", iterations=iterations, values=values), **changes)


def medians(cells: list[str]) -> list[float]:
    return [float(cells[place]) for place in (0, 2)]


def test_benchstat_compares_the_sources_of_an_export(benchstat: Path, tmp_path: Path) -> None:
    sources = [
        Labelled(label, results(sampled("fft/8192", point, throughput={"bytes": 4096.0}), host=label))
        for label, point in (("old", 100.0), ("new", 200.0))
    ]
    file = exported(tmp_path / "both.txt", *sources)
    found = tables(run(benchstat, "-format", "csv", "-col", "source", file))
    expected = [statistics.median(point + number for number in range(10)) * 1e-9 for point in (100.0, 200.0)]
    cells = found["sec/op"]["Criterion/fft/8192"]
    assert medians(cells) == pytest.approx(expected)
    assert (cells[4], cells[5]) == ("+95.69%", "p=0.000 n=10")
    rates = found["B/s"]["Criterion/fft/8192"]
    assert medians(rates) == pytest.approx([4096 / time for time in expected], rel=1e-3)


def test_benchstat_compares_two_exports_of_different_hosts(benchstat: Path, tmp_path: Path) -> None:
    files = [
        exported(tmp_path / f"{host}.txt", labelled(sampled("fft/8192", point), host=host))
        for host, point in (("old", 100.0), ("new", 200.0))
    ]
    found = tables(run(benchstat, "-format", "csv", "-table", "target", *files))
    assert medians(found["sec/op"]["Criterion/fft/8192"]) == pytest.approx([104.5e-9, 204.5e-9])


def test_benchstat_keeps_targets_and_units_apart(benchstat: Path, tmp_path: Path) -> None:
    source = labelled(
        sampled("fft/8192", 100.0), sampled("fft/8192", 300.0, target="merkle"), printed("cycles", 1.5, target="merkle")
    )
    shown = run(benchstat, "-format", "csv", exported(tmp_path / "new.txt", source))
    field, merkle = shown.split("target: merkle\n")
    assert tables(field)["sec/op"]["Criterion/fft/8192"][0] == "1.045e-07"
    assert tables(merkle)["sec/op"]["Criterion/fft/8192"][0] == "3.045e-07"
    assert tables(merkle)["Kcycles/op"]["Criterion/cycles"][0] == "1.5"


def test_benchstat_has_a_row_for_every_hostile_id(benchstat: Path, tmp_path: Path) -> None:
    file = exported(tmp_path / "new.txt", labelled(*(criterion(id) for id in HOSTILE)))
    rows = tables(run(benchstat, "-format", "csv", file))["sec/op"]
    assert set(rows) == {go_benchmarks.name(criterion(id)).removeprefix("Benchmark") for id in HOSTILE}
