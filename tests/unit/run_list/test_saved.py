"""What is said to be saved of a run that is ended."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from benchmarks.results.result_keys import RunFolder
from benchmarks.run_list import recorded_runs, saved
from benchmarks.run_list.asking import Answer, Folder, nothing
from benchmarks.runs import record_files
from benchmarks.runs.records import HostManifest
from tests.support import host_uploads, listed_runs, records, result_samples, s3_bucket
from tests.support import recorded_runs as made
from tests.support.aws_fakes import aws_error

FOLDER = listed_runs.folder("r1")


def told(
    runs_dir: Path,
    *names: str,
    folder: RunFolder = FOLDER,
    said: dict[str, HostManifest] | None = None,
    **answers: object,
) -> list[str]:
    """`said` has what instances say of their attempts, by the name of the object."""
    texts = {name: record_files.text(one).encode() for name, one in (said or {}).items()}
    objects = {f"{folder.key}{name}": texts.get(name, b"") for name in (*names, *texts)}
    s3 = s3_bucket.bucket(objects, **answers)
    answer = Answer("1", "alice", folders=(Folder("mine", folder, s3),) if objects or answers else ())
    return list(saved.sentences("r1", recorded_runs.of(runs_dir / "r1"), answer))


def test_results_here_are_counted(tmp_path: Path) -> None:
    run = made.measured(tmp_path, "r1")
    assert told(tmp_path) == [f"Saved here: the results of 1 benchmark, in {run}."]
    part = result_samples.results(result_samples.criterion(), result_samples.criterion(id="b"), expected=74)
    made.write(run / "i-1", 1, part)
    assert told(tmp_path) == [f"Saved here: the results of 2 benchmarks, which are a part of all, in {run}."]


def test_results_in_s3_are_named_with_their_folder_and_whether_they_are_complete(tmp_path: Path) -> None:
    said = {"i-1/1/host.json": host_uploads.manifest({})}
    assert told(tmp_path, "i-1/1/benchmark.log", "i-2/1/benchmark.log", said=said) == [
        f"Saved in S3: results, in s3://mine/{FOLDER.key}i-1/1/",
        f"Saved in S3: a part of the results, in s3://mine/{FOLDER.key}i-2/1/",
    ]


def test_what_an_instance_could_not_upload_is_not_said_to_be_saved(tmp_path: Path) -> None:
    said = {"i-1/1/host.json": host_uploads.manifest({}, missing=("criterion.tar.gz",))}
    assert told(tmp_path, "i-1/1/benchmark.log", said=said) == [
        f"Saved in S3: a part of the results, in s3://mine/{FOLDER.key}i-1/1/"
    ]
    said = {"i-1/1/host.json": host_uploads.manifest({}, missing=("benchmark.log", "criterion.tar.gz"))}
    assert told(tmp_path, said=said) == [saved.NOTHING]


def test_results_here_and_in_s3_are_both_told(tmp_path: Path) -> None:
    made.measured(tmp_path, "r1")
    here, there = told(tmp_path, "i-1/1/results.json", "i-1/1/manifest.json")
    assert (here[:11], there[:12]) == ("Saved here:", "Saved in S3:")


def test_of_runs_of_one_name_it_is_the_one_that_is_here_else_the_latest(tmp_path: Path) -> None:
    other = listed_runs.folder("r1", records.STARTED + timedelta(hours=1))
    made.begin(tmp_path, "r1")
    assert told(tmp_path, "i-1/1/results.json", folder=other) == [saved.NOTHING]
    assert len(told(tmp_path / "none", "i-1/1/results.json", folder=other)) == 1


def test_what_was_only_asked_for_is_no_result(tmp_path: Path) -> None:
    made.begin(tmp_path, "r1")
    assert told(tmp_path, "run.json") == [saved.NOTHING]


def test_without_an_answer_of_s3_nothing_is_said_to_be_lost(tmp_path: Path) -> None:
    made.begin(tmp_path, "r1")
    (sentence,) = told(tmp_path, list_objects_v2=aws_error("AccessDenied", "No", "ListObjectsV2"))
    assert sentence.startswith("Whether S3 has results of it is not known. Your AWS user lacks the permission ")
    (sentence,) = saved.sentences("r1", recorded_runs.of(tmp_path / "r1"), nothing("No network."))
    assert sentence.startswith("Whether S3 has results of it is not known. Only what is known here is shown, ")
