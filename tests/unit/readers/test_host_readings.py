"""The results of a host: from files and log together, and what is said where there are none."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from benchmarks.readers import benchmark_log, host_readings
from benchmarks.readers.benchmark_log import Log
from benchmarks.readers.host_readings import Reading
from tests.unit.readers.test_criterion import write


def running(target: str, text: str) -> str:
    return f"     Running benches/x.rs (target/release/deps/{target}-27f45bc17686f575)\n{text}\n"


def log_of(text: str) -> Log:
    return benchmark_log.read_stream(io.BytesIO(text.encode()))


def timed(name: str, point: str = "10.000 ns") -> str:
    return f"{name:<24}time:   [9.0000 {point.split()[1]} {point} 11.000 {point.split()[1]}]\n"


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """A host whose two targets call a benchmark the same."""
    for target in ("twin-a", "twin-b"):
        write(tmp_path / "criterion" / target, "encode", "encode/10")
        write(tmp_path / "criterion" / target, "encode_2", "encode/9")
    log = running("twin_a", timed("encode/10") + timed("encode/9")) + running("twin_b", timed("encode/10", "10.000 B"))
    (tmp_path / "benchmark.log").write_text(log)
    return tmp_path


def test_targets_may_call_benchmarks_the_same(host: Path) -> None:
    found = host_readings.of_host(host)
    assert [(e.target, e.id, e.unit) for e in found.measurements] == [
        ("twin-a", "encode/9", "ns"),
        ("twin-a", "encode/10", "ns"),
        ("twin-b", "encode/9", None),
        ("twin-b", "encode/10", "B"),
    ]
    assert found.notes == ("Numbers have no unit where Criterion printed none: they need not be times.",)


def test_a_host_without_anything_has_no_results(tmp_path: Path) -> None:
    assert host_readings.of_host(tmp_path).found == ()


def test_results_that_are_only_printed_count(tmp_path: Path) -> None:
    (tmp_path / "criterion/own-harness").mkdir(parents=True)
    log = running("own_harness", "test a ... bench:       1,234.56 ns/iter (+/- 12.3)")
    (tmp_path / "benchmark.log").write_text(log)
    found = host_readings.of_host(tmp_path)
    assert [(e.target, e.id, e.shown.point, e.spread) for e in found.measurements] == [
        ("own-harness", "a", 1234.56, 12.3)
    ]
    assert host_readings.shortfall(found, 1) == ""


def test_a_benchmark_that_has_files_is_not_read_from_its_line_too(tmp_path: Path) -> None:
    write(tmp_path / "all", "mul")
    found = host_readings.combine(
        {"all": tmp_path / "all"}, log_of(running("all", "test mul ... bench: 10 ns/iter (+/- 1)"))
    )
    assert [(e.id, e.statistic, e.unit) for e in found.measurements] == [("mul", "slope", "ns")]


def test_what_criterion_left_out_is_said(tmp_path: Path) -> None:
    write(tmp_path / "all", "mul")
    error = "Criterion.rs ERROR: At least one measurement of benchmark sum/1 took zero time per iteration."
    found = host_readings.combine({"all": tmp_path / "all"}, log_of(running("all", timed("mul") + error)))
    assert found.notes == ("Criterion measured no time at all for sum/1 in the target all, and left it out.",)


def test_a_target_that_measured_nothing_is_named_beside_others(tmp_path: Path) -> None:
    write(tmp_path / "all", "mul")
    homes = {name: tmp_path / name for name in ("all", "none", "left over")}
    found = host_readings.combine(homes, log_of(running("all", timed("mul")) + running("none", "nothing to see")))
    assert found.notes == ("The target none measured nothing.",)


def test_a_run_that_has_all_lacks_nothing(host: Path) -> None:
    assert host_readings.shortfall(host_readings.of_host(host), 4) == ""
    assert host_readings.shortfall(host_readings.of_host(host), None) == ""


def test_a_run_that_has_too_few_is_told(host: Path) -> None:
    assert host_readings.shortfall(host_readings.of_host(host), 5) == (
        "4 of 5 benchmarks were measured. Their results are kept."
    )


@pytest.mark.parametrize(
    ("log", "cause"),
    [
        (timed("mul"), "the results were written elsewhere, since the program sets its own output_dir"),
        ("running 0 tests\n\ntest result: ok. 0 measured; 3 filtered out\n", "the benchmarks are not Criterion's, "),
        (
            "running 0 tests\n\ntest result: ok. 0 measured; 0 filtered out\n",
            "the compiler's own harness ran in Criterion's place: put harness = false",
        ),
        ("copy/bytes: benchmark\n", "the benchmarks were only listed or tested: take --list or --test out"),
        ("Testing copy/bytes\nSuccess\n", "the benchmarks were only listed or tested: take --list or --test out"),
        ("nothing to see\n", "the benchmarks are not Criterion's, Cargo.toml lacks harness = false, the suite's"),
        ("", "the benchmarks are not Criterion's, Cargo.toml lacks harness = false, the suite's arguments have"),
    ],
)
@pytest.mark.parametrize("expected", [None, 3])
def test_nothing_measured_is_told_with_the_likely_cause(log: str, cause: str, expected: int | None) -> None:
    assert host_readings.shortfall(host_readings.combine({}, log_of(running("a", log))), expected).startswith(
        f"No benchmark result was found: {cause}"
    )


@pytest.mark.parametrize(
    ("problems", "sentence"),
    [
        (("x cannot be read: empty.",), "x cannot be read: empty. The other results are kept."),
        (
            ("x cannot be read: empty.", "y"),
            "x cannot be read: empty. The same goes for 1 more; the other results are kept.",
        ),
    ],
)
def test_results_that_are_lost_are_named(problems: tuple[str, ...], sentence: str) -> None:
    assert host_readings.shortfall(Reading((), problems), None) == sentence
