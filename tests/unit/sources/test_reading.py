"""What a word names: a run, a path or an object, and how several sources are told apart."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from benchmarks.errors import RefusedError
from benchmarks.results.labelled import S3Object
from benchmarks.runs import record_files
from benchmarks.runs.result_records import BenchmarkMeasurement
from benchmarks.sources import file_sources, reading
from benchmarks.sources.places import Place
from tests.support import recorded_runs, records, result_samples
from tests.unit.readers.test_criterion import write


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of two runs; the current directory is another one."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    recorded_runs.measured(tmp_path / "runs", "r1", point=1.0)
    recorded_runs.measured(tmp_path / "runs", "r2", point=2.0, minutes=1, hosts=("i-1", "i-2"))
    return tmp_path / "runs"


def labels(runs: Path, *words: str) -> list[str]:
    return [one.label for one in reading.read(words, Place(runs))]


def refusal(runs: Path, *words: str) -> str:
    with pytest.raises(RefusedError) as refused:
        reading.read(words, Place(runs))
    return str(refused.value)


def measurements(runs: Path, word: str, unit: str | None = None) -> tuple[BenchmarkMeasurement, ...]:
    (one,) = reading.read([word], Place(runs), unit)
    return one.results.measurements


def test_without_a_source_the_latest_run_is_read(runs: Path) -> None:
    assert labels(runs) == ["r2/i-1", "r2/i-2"]


def test_sources_of_all_kinds_are_read_in_their_order(runs: Path) -> None:
    write(Path("target/criterion"), "mul")
    assert labels(runs, "target/criterion", "latest~1", "r2/i-2") == ["target/criterion", "r1", "r2/i-2"]


def test_a_path_within_a_run_is_that_part_of_the_run(runs: Path) -> None:
    record_files.write(runs / "r1/i-1/1", records.published(keys={"benchmark.log": "x/benchmark.log"}))
    assert labels(runs, str(runs / "r1")) == ["r1"]
    assert labels(runs, "../runs/r2/i-2/") == ["r2/i-2"]
    (attempt,) = reading.read([str(runs / "r1/i-1/1")], Place(runs))
    assert attempt.label == "r1/i-1/1"
    assert attempt.log == S3Object("mine", "x/benchmark.log", "eu-central-1")
    assert labels(runs, "../runs/r1/i-1/1/results.json") == ["../runs/r1/i-1/1/results.json"]


def test_the_current_directory_and_the_home_are_paths(runs: Path, home: Path) -> None:
    write(Path(), "mul")
    shutil.copytree("mul", home / "kept/mul")
    assert labels(runs, ".", "~/kept") == [".", "~/kept"]
    assert refusal(runs, "~nobody-at-all/x") == (
        "source is in a home directory that does not exist: '~nobody-at-all/x'. Give an absolute path."
    )


def test_latest_is_a_run_even_where_a_file_is_called_so(runs: Path) -> None:
    Path("latest").write_text("no benchmark")
    Path("r1").write_text(recorded_runs.LOG)
    assert labels(runs, "latest~1") == ["r1"]
    assert labels(runs, "latest") == ["r2/i-1", "r2/i-2"]
    # Any other file counts more than a run.
    assert [m.target for m in measurements(runs, "r1")] == ["all"]


def test_a_source_that_is_given_twice_is_numbered(runs: Path) -> None:
    assert labels(runs, "r1", "r1", "latest~1") == ["r1", "r1 #2", "r1 #3"]


def test_a_number_does_not_repeat_a_label_that_exists(runs: Path) -> None:
    results = record_files.plain(result_samples.results(result_samples.criterion()))
    content = [{"label": label, "results": results} for label in ("a", "a #2", "a")]
    Path("it.json").write_text(json.dumps(content))
    assert labels(runs, "it.json") == ["a", "a #2", "a #3"]


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("nothing", "There is no run, file or directory nothing. Runs in "),
        ("r", "2 runs start with r: r1, r2. Give more of the id."),
        ("x" * 5000, "There is no run, file or directory xxx"),
        ("./none", "There is no run, file or directory ./none. "),
        ("empty", "empty is empty."),
        ("directory", "directory has no benchmark results: it has neither "),
        ("log", "log has no benchmark results: the benchmarks are not Criterion's, "),
    ],
)
def test_a_word_that_names_no_results_is_refused(runs: Path, word: str, sentence: str) -> None:
    Path("empty").touch()
    Path("directory").mkdir()
    Path("log").write_text("Compiling\n")
    assert refusal(runs, "r1", word).startswith(sentence)


def test_a_run_without_any_result_is_refused_with_the_first_reason(runs: Path) -> None:
    for host in ("i-1", "i-2"):
        recorded_runs.write(runs / f"r2/{host}", 1, result_samples.results())
    assert refusal(runs, "latest") == "The run r2 has no benchmark results of i-1."
    assert refusal(runs, str(runs / "r1/i-1/1/none.json")).startswith("There is no run, file or directory /")


def test_a_record_without_measurements_is_refused_with_its_name(runs: Path) -> None:
    Path("it.json").write_text(record_files.text(result_samples.results()))
    assert refusal(runs, "it.json") == "it.json has no benchmark results."


def test_a_unit_is_given_only_to_numbers_without_one(runs: Path) -> None:
    write(Path("criterion/all"), "mul", "mul")
    assert [m.unit for m in measurements(runs, "criterion")] == [None]
    (one,) = reading.read(["criterion"], Place(runs), "ns")
    assert ([m.unit for m in one.results.measurements], one.results.notes) == (["ns"], ())
    (one,) = reading.read(["criterion"], Place(runs))
    assert one.results.notes == (file_sources.NO_UNIT,)
    assert [m.unit for m in measurements(runs, "r1", "cycles")] == ["ns"]


def test_a_unit_that_is_given_takes_back_that_there_is_none_in_a_run_too(runs: Path) -> None:
    run = recorded_runs.begin(runs, "r3", minutes=3)
    write(run / "i-1/1/criterion/all", "mul")
    (one,) = reading.read(["r3"], Place(runs))
    assert [note for note in one.results.notes if "no unit" in note]
    (one,) = reading.read(["r3"], Place(runs), "ns")
    assert ([m.unit for m in one.results.measurements], one.results.notes) == (["ns"], ())


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("AWS_PROFILE", "none", "The config profile (none) could not be found"),
        (
            "AWS_REGION",
            "not a region",
            "The AWS region cannot be used (Provided region_name 'not a region' doesn't match",
        ),
    ],
)
def test_an_environment_that_names_nothing_is_refused(
    runs: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert sentence in refusal(runs, "s3://mine/a")
    monkeypatch.setenv("AWS_REGION", value if variable == "AWS_REGION" else "us-east-1")
    assert sentence in refusal(runs, "s3://mine/a")


def test_an_endpoint_that_is_no_url_is_refused(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost:5000")
    assert refusal(runs, "s3://mine/a") == (
        "Invalid endpoint: localhost:5000: set AWS_ENDPOINT_URL to a URL such as http://localhost:5000, or unset it."
    )


def test_without_credentials_s3_is_refused(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert refusal(runs, "s3://mine/a").startswith("No AWS credentials were found: ")
    assert refusal(runs, "s3://My_Bucket!/a") == "My_Bucket! cannot be the name of a bucket: check s3://My_Bucket!/a."
