"""Which run a word stands for, and what a run's directory has to show."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from benchmarks.errors import RefusedError
from benchmarks.results.labelled import Labelled, S3Object
from benchmarks.runs import failures, record_files
from benchmarks.runs.records import CurrentAttempt
from benchmarks.runs.result_records import Results
from benchmarks.sources import run_sources
from tests.support import recorded_runs, records, result_samples
from tests.unit.readers.test_criterion import write as write_criterion

OLD_RUN = Path(__file__).parents[1] / "runs/old_run"


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """The directory of three runs, whose ids do not tell in which order they were begun."""
    recorded_runs.measured(tmp_path, "20260519-b", minutes=0)
    recorded_runs.measured(tmp_path, "20260519-a", minutes=1)
    recorded_runs.measured(tmp_path, "20260520-c", minutes=2)
    return tmp_path


def refusal(word: str, runs_dir: Path) -> str:
    with pytest.raises(RefusedError) as refused:
        run_sources.find(word, runs_dir)
    return str(refused.value)


def refusal_of_host(run: Path, host: str = "") -> str:
    with pytest.raises(RefusedError) as refused:
        run_sources.of_run(run, host)
    return str(refused.value)


def points(found: tuple[Labelled, ...]) -> list[tuple[str, list[float]]]:
    return [(one.label, [measured.shown.point for measured in one.results.measurements]) for one in found]


@pytest.mark.parametrize(
    ("word", "run"),
    [
        ("20260519-a", "20260519-a"),
        ("20260520", "20260520-c"),
        ("2026052", "20260520-c"),
        ("20260520/i-1", "20260520-c"),
        ("latest", "20260520-c"),
        ("latest~0", "20260520-c"),
        ("latest~1", "20260519-a"),
        ("latest~2/i-1/1", "20260519-b"),
    ],
)
def test_a_run_is_known_by_its_id_the_start_of_it_or_its_age(three: Path, word: str, run: str) -> None:
    assert run_sources.find(word, three) == three / run


def test_a_whole_id_is_not_taken_for_the_start_of_another(three: Path) -> None:
    recorded_runs.measured(three, "20260519-a2")
    assert run_sources.find("20260519-a", three).name == "20260519-a"


def test_the_start_of_several_ids_is_refused_with_these(three: Path) -> None:
    assert refusal("20260519", three) == "2 runs start with 20260519: 20260519-a, 20260519-b. Give more of the id."
    for number in range(9):
        (three / f"x{number}").mkdir()
    assert refusal("x", three) == "9 runs start with x: x0, x1, x2, x3, x4, …. Give more of the id."


def test_a_run_that_is_too_long_ago_is_refused_with_the_oldest(three: Path) -> None:
    assert refusal("latest~99", three) == (
        f"latest~99 does not exist: {three} has 3 runs that measured, the oldest is latest~2."
    )
    shutil.rmtree(three / "20260519-a")
    shutil.rmtree(three / "20260519-b")
    assert "has 1 run that measured, the oldest is latest~0." in refusal("latest~1", three)


def test_an_unknown_word_is_refused_whole_with_the_nearest_run(three: Path) -> None:
    assert refusal("20260529-c", three) == (
        f"There is no run, file or directory 20260529-c. Did you mean 20260520-c? Runs in {three}: 20260520-c, "
        "20260519-b, 20260519-a."
    )
    assert refusal("target/criterion", three).startswith("There is no run, file or directory target/criterion. ")


@pytest.mark.parametrize("path", ["/no/such/file", "/", "//x"])
def test_an_absolute_path_that_does_not_exist_is_not_the_start_of_every_id(tmp_path: Path, path: str) -> None:
    recorded_runs.measured(tmp_path, "r1")
    assert refusal(path, tmp_path).startswith(f"There is no run, file or directory {path}.")


@pytest.mark.parametrize("exists", [True, False])
def test_without_any_run_the_directory_is_named(tmp_path: Path, exists: bool) -> None:
    runs = tmp_path if exists else tmp_path / "runs"
    assert refusal("latest", runs) == f"There is no run in {runs} yet: name a file, a directory or an s3:// URI."
    assert refusal("r1", runs) == f"There is no run, file or directory r1. There is no run in {runs} yet."


def test_what_never_began_to_measure_is_not_the_latest_run(three: Path) -> None:
    recorded_runs.begin(three, "20260521-setup", minutes=9, hosts=())
    assert run_sources.find("latest", three).name == "20260520-c"
    assert refusal_of_host(three / "20260521-setup") == "The run 20260521-setup has measured nothing."


def test_the_only_host_of_a_run_is_called_by_the_run_and_several_by_their_names(tmp_path: Path) -> None:
    one = recorded_runs.measured(tmp_path, "r1", point=1.0)
    two = recorded_runs.measured(tmp_path, "r2", point=2.0, hosts=("i-1", "i-2"))
    assert points(run_sources.of_run(one)) == [("r1", [1.0])]
    assert points(run_sources.of_run(two)) == [("r2/i-1", [2.0]), ("r2/i-2", [2.0])]
    assert points(run_sources.of_run(two, "i-2")) == [("r2/i-2", [2.0])]
    assert points(run_sources.of_run(one, "i-1/")) == [("r1", [1.0])]


def test_the_current_attempt_is_read_unless_another_is_named(tmp_path: Path) -> None:
    run = recorded_runs.measured(tmp_path, "r1", point=1.0)
    recorded_runs.write(run / "i-1", 2, result_samples.results(result_samples.criterion(point=2.0)))
    record_files.write(run / "i-1", CurrentAttempt(number=2))
    assert points(run_sources.of_run(run)) == [("r1", [2.0])]
    assert points(run_sources.of_run(run, "i-1/1")) == [("r1/i-1/1", [1.0])]


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("i-2", "The run r1 has no host i-2. It has i-1, other."),
        ("othre", "The run r1 has no host othre. Did you mean other? It has i-1, other."),
        ("i-1/7", "The run r1 has no attempt 7 on i-1, only 1."),
        ("i-1/x", "The run r1 has no attempt x on i-1, only 1."),
        ("i-1/1/more", "The run r1 has no attempt 1/more on i-1, only 1."),
        ("i-1/-1", "The run r1 has no attempt -1 on i-1, only 1."),
    ],
)
def test_an_unknown_host_or_attempt_is_refused_with_those_there_are(tmp_path: Path, host: str, sentence: str) -> None:
    run = recorded_runs.measured(tmp_path, "r1", hosts=("i-1", "other"))
    assert refusal_of_host(run, host) == sentence


def test_a_host_can_be_named_by_the_unique_start_of_its_id(tmp_path: Path) -> None:
    run = recorded_runs.measured(tmp_path, "r1", hosts=("i-0a1b2c", "i-0a1d2e", "i-0a1d2e3f"))
    assert [one.label for one in run_sources.of_run(run, "i-0a1b")] == ["r1/i-0a1b2c"]
    assert [one.label for one in run_sources.of_run(run, "i-0a1b/1")] == ["r1/i-0a1b2c/1"]
    # A whole id is not taken for the start of another.
    assert [one.label for one in run_sources.of_run(run, "i-0a1d2e")] == ["r1/i-0a1d2e"]
    assert refusal_of_host(run, "i-0a1d") == "2 hosts start with i-0a1d: i-0a1d2e, i-0a1d2e3f. Give more of the id."


def test_a_host_without_results_says_why_and_does_not_spoil_the_others(tmp_path: Path) -> None:
    run = recorded_runs.measured(tmp_path, "r1", hosts=("i-1", "i-2", "i-3", "i-4"))
    recorded_runs.write(run / "i-2", 1, result_samples.results())
    failures.record_failure(run, "i-2", "Build", "The build failed.\n  a line of the log", attempt=1)
    shutil.rmtree(run / "i-3/1")
    (run / "i-4/1/results.json").write_text("{")
    good, failed, gone, damaged = run_sources.of_run(run)
    assert [len(one.results.measurements) for one in (good, failed, gone, damaged)] == [1, 0, 0, 0]
    assert (good.label, failed.label, gone.label, damaged.label) == ("r1/i-1", "r1/i-2", "r1/i-3", "r1/i-4")
    assert failed.results.problems == ("The run r1 has no benchmark results of i-2. The build failed.",)
    assert gone.results.problems == ("Nothing was brought back from i-3 in the run r1.",)
    assert damaged.results.problems == (f"{run}/i-4/1/results.json is damaged: Input data was truncated.",)
    assert refusal_of_host(run, "i-3") == gone.results.problems[0]
    assert refusal_of_host(run, "i-4") == damaged.results.problems[0]


def test_a_run_from_before_there_were_results_is_read_from_its_files(tmp_path: Path) -> None:
    run = recorded_runs.begin(tmp_path, "r1")
    write_criterion(run / "i-1/1/criterion/all", "mul")
    (run / "i-1/1/benchmark.log").write_text(recorded_runs.LOG)
    (found,) = run_sources.of_run(run)
    assert [(m.target, m.id, m.unit, m.shown.point) for m in found.results.measurements] == [("all", "mul", "ns", 10.0)]
    assert (found.results.run_id, found.results.host) == ("r1", "i-1")


def test_a_run_of_the_first_version_is_read(tmp_path: Path) -> None:
    run = tmp_path / "r1"
    shutil.copytree(OLD_RUN, run)
    attempt = run / "i-1/1"
    attempt.mkdir(parents=True)
    shutil.move(run / "current-attempt.json", run / "i-1")
    for name in ("attempt.json", "toolchain.json", "published.json"):
        shutil.move(run / name, attempt)
    write_criterion(attempt / "criterion/all", "mul")
    (attempt / "benchmark.log").write_text(recorded_runs.LOG)
    (found,) = run_sources.of_run(run_sources.find("latest", tmp_path))
    assert [(m.target, m.id) for m in found.results.measurements] == [("all", "mul")]
    assert found.results.code
    assert found.results.code.suite == "tiny"
    assert found.log


def test_a_run_whose_plan_is_damaged_is_read_from_its_files(tmp_path: Path) -> None:
    run = recorded_runs.begin(tmp_path, "r1")
    (run / "preflight.json").write_text("{")
    (run / "i-1/1").mkdir()
    (run / "i-1/1/benchmark.log").write_text(recorded_runs.LOG)
    write_criterion(run / "i-1/1/criterion/all", "mul")
    (found,) = run_sources.of_run(run)
    assert [(m.id, m.unit) for m in found.results.measurements] == [("mul", "ns")]


@pytest.mark.parametrize("file", ["results.json", "benchmark.log"])
def test_a_file_of_a_run_that_cannot_be_read_is_named(tmp_path: Path, file: str) -> None:
    run = recorded_runs.begin(tmp_path, "r1")
    attempt = run / "i-1/1"
    attempt.mkdir()
    (attempt / file).symlink_to("/proc/self/mem" if file == "results.json" else tmp_path)
    assert re.match(rf"{attempt}\S* (cannot be read|is damaged|is empty)", refusal_of_host(run, "i-1"))


def test_a_published_log_is_known_with_the_region_of_its_bucket(tmp_path: Path) -> None:
    run = recorded_runs.measured(tmp_path, "r1")
    assert [one.log for one in run_sources.of_run(run)] == [None]
    record_files.write(run / "i-1/1", records.published(keys={"benchmark.log": "x/benchmark.log"}))
    assert [one.log for one in run_sources.of_run(run)] == [S3Object("mine", "x/benchmark.log", "eu-central-1")]
    record_files.write(run / "i-1/1", records.published(bucket="other", keys={"benchmark.log": "x/benchmark.log"}))
    assert [one.log for one in run_sources.of_run(run)] == [S3Object("other", "x/benchmark.log")]
    record_files.write(run / "i-1/1", records.published(keys={Results.FILE: "x/results.json"}))
    assert [one.log for one in run_sources.of_run(run)] == [None]


def test_only_what_has_begun_to_measure_is_a_run(tmp_path: Path) -> None:
    assert run_sources.is_run(recorded_runs.begin(tmp_path, "r1"))
    assert not run_sources.is_run(recorded_runs.begin(tmp_path, "r2", hosts=()))
    assert not run_sources.is_run(tmp_path)


def test_a_host_of_several_that_could_not_be_launched_is_told_with_the_reason(tmp_path: Path) -> None:
    plans = tuple(records.launch_plan(host=number, instance_type=f"c{number}i.large") for number in (1, 2, 3))
    run = recorded_runs.measured(tmp_path, "r1", launches=plans)
    record_files.write(run, records.instances("i-1"))
    failures.record_failure(run, "host-2", "Launch", "EC2 has no capacity.\nIt was tried twice.")
    measured, refused = run_sources.of_run(run)
    assert (measured.label, len(measured.results.measurements)) == ("r1/i-1", 1)
    assert (refused.label, refused.results.problems) == (
        "r1/host-2",
        ("The run r1 has no benchmark results of host-2 (c2i.large). EC2 has no capacity.",),
    )
    assert [one.label for one in run_sources.of_run(run, "i-1")] == ["r1/i-1"]


def test_the_hosts_of_a_run_are_sorted_by_type_and_those_of_no_known_type_are_the_last(tmp_path: Path) -> None:
    run = recorded_runs.measured(tmp_path, "r1", hosts=("i-1", "i-2", "i-3", "i-4"))
    for host, name in (("i-1", "m7i.large"), ("i-2", "c7i.16xlarge"), ("i-4", "c7i.2xlarge")):
        recorded_runs.write(run / host, 1, result_samples.of_type(name, host=host, run_id="r1"))
    assert [one.label for one in run_sources.of_run(run)] == ["r1/i-4", "r1/i-2", "r1/i-1", "r1/i-3"]
