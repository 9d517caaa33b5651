"""The runs of a bucket, which are listed by their keys alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.errors import RefusedError
from benchmarks.results.result_keys import RunFolder
from benchmarks.sources.published_runs import PublishedRuns
from benchmarks.sources.selection import Selection
from tests.support.aws_fakes import aws_error
from tests.support.s3_bucket import bucket

START = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
OLD = RunFolder("plonky2", START, "c7i.large", 1, "1.0.0", "r-old")
NEW = RunFolder("plonky2", START + timedelta(days=7), "c7g.large", 2, "1.1.0", "r-new")
OTHER = RunFolder("mine", START + timedelta(days=1), "host-box", 8, None, "x")
FILES = ("benchmark.log", "manifest.json", "report/index.html", "results.json")
OBJECTS = {f"{run.key}i-1/1/{name}": b"" for run in (OLD, NEW, OTHER) for name in FILES}
OBJECTS |= {"results/notes.txt": b"", "results/plonky2/notes/x": b"", "elsewhere/results.json": b""}


def published(**asked: object) -> PublishedRuns:
    return PublishedRuns(bucket(OBJECTS), "mine", Selection(**asked))  # type: ignore[arg-type]


def refusal(runs: PublishedRuns, word: str = "latest") -> str:
    with pytest.raises(RefusedError) as refused:
        runs.choose(word)
    return str(refused.value)


def test_runs_are_listed_the_latest_first() -> None:
    assert published().folders == (NEW, OTHER, OLD)
    assert published(suite="plonky2").folders == (NEW, OLD)
    assert published(suite="p*", since=START + timedelta(days=1)).folders == (NEW,)
    assert published(instance_type="c7?.large", ref="1.0.0").folders == (OLD,)


def test_only_lists_of_folders_are_asked_for_and_once() -> None:
    runs = published(suite="plonky2", since=START + timedelta(days=1))
    assert runs.folders is runs.folders
    assert [name for name, _ in runs.s3.calls] == ["list_objects_v2", "list_objects_v2"]
    assert runs.s3.called("list_objects_v2") == [
        {"Bucket": "mine", "Prefix": "results/", "Delimiter": "/"},
        {
            "Bucket": "mine",
            "Prefix": "results/plonky2/",
            "Delimiter": "/",
            "StartAfter": "results/plonky2/2026-05-20T081500Z",
        },
    ]


def test_a_run_has_a_folder_for_each_suite_and_kind_of_machine() -> None:
    twin = replace(NEW, machine="c7i.large")
    runs = PublishedRuns(bucket({**OBJECTS, f"{twin.key}i-2/1/results.json": b""}), "mine", Selection())
    assert set(runs.choose("latest")) == {NEW, twin}
    assert runs.choose("latest~1") == (OTHER,)


def test_runs_of_several_users_may_be_called_the_same() -> None:
    twin = replace(OLD, started=START + timedelta(days=30))
    runs = PublishedRuns(bucket({**OBJECTS, f"{twin.key}i-2/1/results.json": b""}), "mine", Selection())
    assert runs.choose("latest") == (twin,)
    assert refusal(runs, "r-old") == (
        "2 runs in s3://mine are called r-old, started at 2026-06-18T08:15:00, 2026-05-19T08:15:00 UTC: choose one by "
        "--since, or give the s3:// URI of its folder."
    )


def test_a_word_chooses_among_the_selected_runs() -> None:
    assert published().choose("r-o") == (OLD,)
    assert published().choose("r-new/i-1") == (NEW,)
    assert published(suite="mine").choose("latest") == (OTHER,)
    assert refusal(published(), "r-") == "2 runs start with r-: r-new, r-old. Give more of the id."
    assert refusal(published(suite="plonky2"), "x") == (
        "There is no run, file or directory x. Runs in s3://mine with suite plonky2: r-old, r-new."
    )
    assert refusal(published(), "latest~3") == (
        "latest~3 does not exist: s3://mine has 3 runs, the oldest is latest~2."
    )


def test_a_selection_of_nothing_is_refused_with_what_there_is() -> None:
    assert refusal(published(suite="plonky3")) == (
        "There is no run in s3://mine with suite plonky3. Did you mean plonky2? There: mine, plonky2."
    )
    assert refusal(published(suite="mine", since=START + timedelta(days=2))) == (
        "There is no run in s3://mine with suite mine and start from 2026-05-21 08:15 UTC on."
    )


def test_a_bucket_without_runs_has_none() -> None:
    assert PublishedRuns(bucket({"results/a.json": b""}), "mine", Selection()).folders == ()
    assert PublishedRuns(bucket({}), "mine", Selection(suite="x")).folders == ()


def test_a_bucket_that_does_not_exist_is_named() -> None:
    s3 = bucket({}, list_objects_v2=aws_error("NoSuchBucket", "", "ListObjectsV2"))
    assert refusal(PublishedRuns(s3, "mine", Selection())) == "There is no bucket mine: check s3://mine/results/."


def test_a_run_that_has_only_asked_is_listed_and_is_not_the_latest() -> None:
    asked = replace(NEW, started=NEW.started + timedelta(days=1), run_id="asked")
    runs = PublishedRuns(bucket({**OBJECTS, f"{asked.key}run.json": b"{}"}), "mine", Selection())
    assert runs.folders[0] == asked
    assert runs.choose("latest") == (NEW,)
    assert runs.choose("latest~2") == (OLD,)
    assert runs.choose("asked") == (asked,)
    assert refusal(runs, "latest~3") == "latest~3 does not exist: s3://mine has 3 runs, the oldest is latest~2."
