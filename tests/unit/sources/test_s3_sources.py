"""Results in S3: which objects are read, and what is said if there are none."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest

from benchmarks.errors import RefusedError
from benchmarks.results.labelled import Labelled, S3Object
from benchmarks.results.result_keys import RunFolder
from benchmarks.runs import record_files
from benchmarks.sources import file_sources, s3_sources
from tests.support import result_samples
from tests.support.aws_fakes import FakeClient, aws_error
from tests.support.recorded_runs import LOG
from tests.support.s3_bucket import bucket

RUN = "results/one/2026-05-19T081500Z_c7i.large_1c_1.0.0_r1"
RECORD = record_files.text(result_samples.results(result_samples.criterion(point=7.0))).encode()


def refusal(s3: FakeClient, uri: str) -> str:
    with pytest.raises(RefusedError) as refused:
        s3_sources.of_uri(s3, uri)
    return str(refused.value)


def points(found: tuple[Labelled, ...]) -> list[tuple[str, list[float]]]:
    return [(one.label, [measured.shown.point for measured in one.results.measurements]) for one in found]


ATTEMPTS = {
    f"{RUN}/i-1/1/results.json": RECORD,
    f"{RUN}/i-1/1/benchmark.log": LOG.encode(),
    f"{RUN}/i-1/1/manifest.json": b"{}",
    f"{RUN}/i-2/1/benchmark.log": LOG.encode(),
    f"{RUN}/i-2/1/manifest.json": b"{}",
}


@pytest.mark.parametrize("end", ["", "/"])
def test_every_attempt_below_a_folder_is_read_and_has_its_log(end: str) -> None:
    found = s3_sources.of_uri(bucket(ATTEMPTS), f"s3://mine/{RUN}{end}")
    assert points(found) == [
        (f"s3://mine/{RUN}/i-1/1/results.json", [7.0]),
        (f"s3://mine/{RUN}/i-2/1/benchmark.log", [10.0]),
    ]
    assert [one.log for one in found] == [S3Object("mine", f"{RUN}/i-{n}/1/benchmark.log") for n in (1, 2)]


@pytest.mark.parametrize("end", ["", "/"])
def test_a_whole_bucket_can_be_read(end: str) -> None:
    objects = {"results.json": RECORD, "a/results.json": RECORD, "/results.json": RECORD}
    found = points(s3_sources.of_uri(bucket(objects), f"s3://mine{end}"))
    assert sorted(label for label, _ in found) == [f"s3://mine/{key}" for key in sorted(objects)]


@pytest.mark.parametrize("key", [f"{RUN}/i-1/1/results.json", "kept", "a/..", "it.json"])
def test_an_object_is_read_whatever_it_is_called(key: str) -> None:
    assert points(s3_sources.of_uri(bucket({key: RECORD, f"{key}/more": b""}), f"s3://mine/{key}")) == [
        (f"s3://mine/{key}", [7.0])
    ]


def test_a_log_alone_is_its_own_log() -> None:
    (found,) = s3_sources.of_uri(bucket(ATTEMPTS), f"s3://mine/{RUN}/i-2/1/benchmark.log")
    assert found.log == S3Object("mine", f"{RUN}/i-2/1/benchmark.log")


def test_an_empty_object_that_stands_for_a_folder_is_not_read() -> None:
    found = s3_sources.of_uri(bucket({"a/": b"", "a/results.json": RECORD}), "s3://mine/a/")
    assert points(found) == [("s3://mine/a/results.json", [7.0])]


def test_an_attempt_that_cannot_be_read_does_not_spoil_the_others() -> None:
    objects = {"a/results.json": RECORD, "b/results.json": b"{", "c/results.json": RECORD}
    good, damaged, other = s3_sources.of_uri(bucket(objects), "s3://mine/")
    assert (len(good.results.measurements), len(other.results.measurements)) == (1, 1)
    assert damaged.label == "s3://mine/b/results.json"
    assert damaged.results.problems == ("s3://mine/b/results.json is damaged: Input data was truncated.",)
    assert refusal(bucket(objects), "s3://mine/b") == damaged.results.problems[0]


def test_garbage_is_named_by_its_uri() -> None:
    s3 = bucket({"it.tar.gz": b"\x1f\x8b\x08\x00" + bytes(20)})
    assert refusal(s3, "s3://mine/it.tar.gz").startswith("s3://mine/it.tar.gz cannot be unpacked: ")
    (found,) = s3_sources.of_uri(bucket({"it": b"garbage"}), "s3://mine/it")
    assert found.results.problems[0].startswith("s3://mine/it has no benchmark results: ")


def test_a_folder_with_archive_and_log_is_read_as_a_directory() -> None:
    (found,) = s3_sources.of_uri(bucket({"a/1/benchmark.log": LOG.encode(), "a/1/x": b""}), "s3://mine/a")
    assert [(m.target, m.unit) for m in found.results.measurements] == [("all", "ns")]


@pytest.mark.parametrize(
    ("uri", "sentence"),
    [
        ("s3://mine/other", "There are no results below s3://mine/other: it has no objects."),
        (
            f"s3://mine/{RUN[:-1]}",
            f"There are no results below s3://mine/{RUN[:-1]}: there are objects such as {RUN}/i-1/1/benchmark.log, "
            "and the name of a folder has to be given in full.",
        ),
        (
            f"s3://mine/{RUN}/i-3",
            f"There are no results below s3://mine/{RUN}/i-3: it has no objects.",
        ),
        ("s3://", "s3:// names no bucket: give s3://BUCKET/PREFIX."),
        ("s3:///key", "s3:///key names no bucket: give s3://BUCKET/PREFIX."),
    ],
)
def test_what_has_no_results_is_refused_with_the_reason(uri: str, sentence: str) -> None:
    assert refusal(bucket(ATTEMPTS), uri) == sentence


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (aws_error("NoSuchBucket", "", "ListObjectsV2"), "There is no bucket mine: check s3://mine/a."),
        (
            botocore.exceptions.ParamValidationError(report='Invalid bucket name "mine":\nmust match'),
            "mine cannot be the name of a bucket: check s3://mine/a.",
        ),
        (
            aws_error("AccessDenied", "User: me is not authorized to perform: s3:ListBucket on it", "ListObjectsV2"),
            "Your AWS user lacks the permission s3:ListBucket: ask for the policy in ",
        ),
        (aws_error("ExpiredToken", "", "ListObjectsV2"), "AWS does not accept the credentials (ExpiredToken): "),
        (botocore.exceptions.NoCredentialsError(), "No AWS credentials were found: "),
        (botocore.exceptions.EndpointConnectionError(endpoint_url="https://x"), "AWS cannot be reached: "),
    ],
)
def test_what_s3_refuses_is_a_sentence(error: Exception, sentence: str) -> None:
    assert refusal(bucket({}, list_objects_v2=error), "s3://mine/a").startswith(sentence)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (aws_error("NoSuchKey", "It is gone", "GetObject"), "AWS refused GetObject (NoSuchKey): It is gone."),
        (aws_error("AccessDenied", "", "GetObject"), "Your AWS user lacks the permission GetObject: "),
        (
            aws_error("InvalidObjectState", "It is archived", "GetObject"),
            "AWS refused GetObject (InvalidObjectState): ",
        ),
        (
            botocore.exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2),
            "AWS's answer broke off or was damaged on its way (1 read",
        ),
        (OSError(28, "No space left on device"), "s3://mine/a cannot be downloaded to /"),
    ],
)
def test_an_object_that_cannot_be_fetched_is_a_sentence(error: Exception, sentence: str) -> None:
    assert refusal(bucket({"a": RECORD}, get_object=error), "s3://mine/a").startswith(sentence)


OLDER = RunFolder("one", datetime(2026, 5, 18, 8, 15, tzinfo=UTC), "c7i.large", 1, "1.0.0", "r0")
RUNS = (OLDER, RunFolder("one", datetime(2026, 5, 19, 8, 15, tzinfo=UTC), "c7i.large", 1, "1.0.0", "r1"))
PUBLISHED = {
    f"{OLDER.key}i-0/1/results.json": b"{}",
    f"{OLDER.key}i-0/2/results.json": b"{}",
    f"{OLDER.key}i-0/2.2/results.json": RECORD,
    f"{OLDER.key}i-0/2.2/manifest.json": b"{}",
    f"{OLDER.key}notes/results.json": RECORD,
    **ATTEMPTS,
}


def of_runs(runs: Sequence[RunFolder] = RUNS, host: str = "", **answers: Any) -> list[tuple[str, list[float]]]:
    return points(s3_sources.of_runs(bucket(PUBLISHED, **answers), "mine", runs, host))


def test_runs_are_called_by_their_ids_and_hosts_of_several_too() -> None:
    assert of_runs() == [("r0", [7.0]), ("r1/i-1", [7.0]), ("r1/i-2", [10.0])]
    logs = [one.log for one in s3_sources.of_runs(bucket(PUBLISHED), "mine", RUNS)]
    assert logs == [None, *(S3Object("mine", f"{RUN}/{host}/1/benchmark.log") for host in ("i-1", "i-2"))]


def test_a_host_or_an_attempt_of_a_run_can_be_named() -> None:
    assert of_runs(RUNS[1:], "i-2") == [("r1/i-2", [10.0])]
    assert of_runs(RUNS[:1], "i-0/2") == [("r0/i-0/2", [7.0])]
    with pytest.raises(RefusedError) as refused:
        of_runs(RUNS[1:], "i-3")
    assert str(refused.value) == ("The run r1 has no i-3 in s3://mine. It has i-1/1, i-2/1.")


def test_a_host_can_be_named_by_the_unique_start_of_its_id() -> None:
    full = {key.replace("i-0/", "i-0abc/"): content for key, content in PUBLISHED.items()}
    (found,) = s3_sources.of_runs(bucket(full), "mine", RUNS[:1], "i-0a")
    assert found.label == "r0/i-0abc"
    (found,) = s3_sources.of_runs(bucket(full), "mine", RUNS[:1], "i-0a/2")
    assert found.label == "r0/i-0abc/2"
    with pytest.raises(RefusedError) as refused:
        of_runs(RUNS[1:], "i-")
    assert str(refused.value) == "2 hosts start with i-: i-1, i-2. Give more of the id."


def test_a_run_that_cannot_be_read_does_not_spoil_others() -> None:
    folder = f"{OLDER.key}i-0/1/"
    damaged = {f"{folder}results.json": b"{", f"{folder}manifest.json": b"{}"}
    alone = bucket({**damaged, f"{RUNS[1].key}notes": b""})
    one, other = s3_sources.of_runs(alone, "mine", RUNS)
    assert one.results.problems == (f"s3://mine/{OLDER.key}i-0/1/results.json is damaged: Input data was truncated.",)
    assert other.label == "r1"
    assert other.results.problems == (f"The run r1 has no results in s3://mine/{RUNS[1].key}.",)
    with pytest.raises(RefusedError, match="is damaged"):
        s3_sources.of_runs(alone, "mine", RUNS[:1])


def test_an_attempt_that_is_still_uploaded_is_named_and_the_one_before_it_read() -> None:
    first = {f"{OLDER.key}i-0/1/results.json": RECORD, f"{OLDER.key}i-0/1/manifest.json": b"{}"}
    second = {f"{OLDER.key}i-0/2/benchmark.log": LOG.encode()}
    (found,) = s3_sources.of_runs(bucket({**first, **second}), "mine", RUNS[:1])
    assert points((found,)) == [("r0", [7.0])]
    uri = f"s3://mine/{OLDER.key}i-0/2/"
    assert found.results.notes[-1] == f"A later attempt, {uri}, is not complete: it is still uploaded, or was cut off."
    with pytest.raises(RefusedError) as refused:
        s3_sources.of_runs(bucket({f"{OLDER.key}i-0/2/build.json": b"{}"}), "mine", RUNS[:1])
    assert str(refused.value) == (
        f"{uri} has no results: it has neither results.json, benchmark.log nor criterion.tar.gz. It is not complete: "
        "it is still uploaded, or was cut off."
    )


def test_a_complete_attempt_without_results_is_named() -> None:
    folder = f"{OLDER.key}i-0/1/"
    with pytest.raises(RefusedError, match=f"^s3://mine/{folder} has no results: it has neither results.json, "):
        s3_sources.of_runs(bucket({f"{folder}manifest.json": b"{}"}), "mine", RUNS[:1])


def test_a_host_is_found_in_whichever_folder_of_its_run() -> None:
    twin = replace(OLDER, machine="c7g.large")
    objects = {
        f"{run.key}{host}/1/{file}": content
        for run, host in ((OLDER, "i-1"), (twin, "i-2"))
        for file, content in (("results.json", RECORD), ("manifest.json", b"{}"))
    }
    for host in ("i-1", "i-2", "i-2/1", "i-2/"):
        (found,) = s3_sources.of_runs(bucket(objects), "mine", (OLDER, twin), host)
        assert found.label == f"r0/{host.rstrip('/')}"
    assert [one.label for one in s3_sources.of_runs(bucket(objects), "mine", (OLDER, twin))] == ["r0/i-1", "r0/i-2"]


def test_the_hosts_of_a_run_are_sorted_by_type_as_they_are_here_and_runs_are_in_the_order_given() -> None:
    types = {"c7i.16xlarge": "i-1", "c7i.2xlarge": "i-2"}
    runs = [replace(RUNS[1], machine=f"{name}_1c") for name in types] + [OLDER]
    objects = dict(PUBLISHED)
    for run, (name, host) in zip(runs, types.items(), strict=False):
        record = record_files.text(result_samples.of_type(name, host=host, run_id="r1")).encode()
        objects |= {f"{run.key}{host}/1/results.json": record, f"{run.key}{host}/1/manifest.json": b"{}"}
    found = s3_sources.of_runs(bucket(objects), "mine", runs)
    assert [one.label for one in found] == ["r1/i-2", "r1/i-1", "r0"]


def test_a_run_without_results_has_none_of_a_host_either() -> None:
    empty = bucket({f"{OLDER.key}notes": b""})
    for host in ("", "i-0"):
        (found,) = s3_sources.of_runs(empty, "mine", RUNS[:1], host)
        assert found.results.problems == (f"The run r0 has no results in s3://mine/{OLDER.key}.",)


def test_a_copy_of_an_attempt_can_be_named() -> None:
    assert of_runs(RUNS[:1], "i-0/2.2") == [("r0/i-0/2.2", [7.0])]


def test_what_s3_refuses_for_runs_is_a_sentence() -> None:
    with pytest.raises(RefusedError, match="lacks the permission ListObjectsV2"):
        of_runs(list_objects_v2=aws_error("AccessDenied", "", "ListObjectsV2"))


def test_runs_are_in_their_order_whichever_is_read_first() -> None:
    second_is_read = threading.Event()

    def got(*, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        if Key.startswith(OLDER.key):
            assert second_is_read.wait(20)
        else:
            second_is_read.set()
        return {"Body": io.BytesIO(PUBLISHED[Key])}

    assert [label for label, _ in of_runs(get_object=got)] == ["r0", "r1/i-1", "r1/i-2"]


def test_what_several_threads_have_downloaded_is_read_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    readers: list[int] = []
    of_path = file_sources.of_path

    def read(path: Path, label: str) -> tuple[Labelled, ...]:
        readers.append(threading.get_ident())
        return of_path(path, label)

    monkeypatch.setattr(file_sources, "of_path", read)
    assert len(of_runs()) == 3
    assert readers == [threading.get_ident()] * 3
