"""Where runs are looked for, and which parameters do not go together."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.sources import places, s3_objects
from benchmarks.sources.places import Place
from benchmarks.sources.selection import Selection
from tests.support.aws_fakes import FakeClient

NOTHING = dict.fromkeys(("bucket", "suite", "instance_type", "since", "ref", "sources"))


@pytest.fixture(autouse=True)
def s3(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    client = FakeClient()
    monkeypatch.setattr(s3_objects, "client", lambda: client)
    return client


def of(tmp_path: Path, **given: Any) -> Place:
    return places.of_parameters({**NOTHING, "runs_dir": str(tmp_path), **given})


def test_without_a_bucket_runs_are_those_of_this_machine(tmp_path: Path) -> None:
    place = of(tmp_path)
    assert place == Place(tmp_path)
    assert place.default == "latest"
    assert place.published(place.default) is None


def test_with_a_bucket_all_runs_in_it_are_the_default(tmp_path: Path, s3: FakeClient) -> None:
    place = of(tmp_path, bucket="mine", suite="one", runs_dir=None)
    runs = place.published(place.default)
    assert runs
    assert (runs.s3, runs.bucket, runs.suite, runs.selection) == (s3, "mine", None, Selection(suite="one"))
    assert place.published(place.default) is runs


@pytest.mark.parametrize(
    ("uri", "suite"),
    [
        ("s3://mine", None),
        ("s3://mine/", None),
        ("s3://mine/results", None),
        ("s3://mine/results/", None),
        ("s3://mine/results/one", "one"),
        ("s3://mine/results/one!20two/", "one two"),
    ],
)
def test_folders_above_those_of_runs_name_the_runs_below(tmp_path: Path, uri: str, suite: str | None) -> None:
    runs = Place(tmp_path).published(uri)
    assert runs
    assert (runs.bucket, runs.suite) == ("mine", suite)


@pytest.mark.parametrize(
    "uri", ["s3://", "s3:///results", "s3://mine/other", "s3://mine/results/a/b", "mine", "latest"]
)
def test_other_words_name_no_runs(tmp_path: Path, uri: str) -> None:
    assert Place(tmp_path).published(uri) is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"ref": "1.0"}, "ref 1.0 selects among published runs: give their bucket too, as in --bucket BUCKET."),
        (
            {"since": datetime(2026, 5, 19, tzinfo=UTC), "sources": ["latest"]},
            "start from 2026-05-19 00:00 UTC on selects among published runs: "
            "give their bucket too, as in --bucket BUCKET.",
        ),
        ({"bucket": "mine"}, "bucket and runs_dir exclude each other: runs are looked for in one place."),
        ({"bucket": "s3://mine"}, "bucket must be the name of an S3 bucket alone, not 's3://mine'."),
    ],
    ids=str,
)
def test_parameters_that_select_nothing_are_refused(tmp_path: Path, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RefusedError) as refused:
        of(tmp_path, **given)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("sources", [["s3://mine"], ["old=latest,s3://mine/results/one"]])
def test_a_source_in_s3_can_be_selected_from(tmp_path: Path, sources: list[str]) -> None:
    assert of(tmp_path, ref="1.0", sources=sources).selection == Selection(ref="1.0")
