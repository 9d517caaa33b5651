"""How much of an attempt's results a folder in S3 has, by its manifest."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.runs import record_files
from benchmarks.runs.records import Manifest, Record
from benchmarks.sources import s3_folders, s3_manifests
from benchmarks.sources.s3_manifests import Saved
from tests.support import host_uploads, records, s3_bucket
from tests.support.aws_fakes import aws_error
from tests.support.result_bucket import KEY


def published(*failures: str) -> Manifest:
    return Manifest(
        tool="benchmarks 0",
        run_id="r1",
        host="i-1",
        attempt=1,
        started=records.STARTED,
        suite=records.suite(),
        launch=None,
        toolchain=None,
        failures=failures,
        files={},
    )


def saved(*said: Record | str, **answers: Any) -> Saved:
    """Of a folder with a log and these manifests; a text is one that is damaged."""
    texts = {getattr(one, "FILE", "host.json"): one if isinstance(one, str) else record_files.text(one) for one in said}
    objects = {f"{KEY}benchmark.log": b"log", **{f"{KEY}{name}": text.encode() for name, text in texts.items()}}
    (folder,) = s3_folders.folders(list(objects), "")
    return s3_manifests.of(s3_bucket.bucket(objects, **answers), s3_bucket.NAME, folder)


WELL = host_uploads.manifest({"benchmark.log": b"log"})
CASES: dict[str, tuple[tuple[Record | str, ...], Saved]] = {
    "published": ((published(),), Saved.WHOLE),
    "published after a failure": ((published("It failed."),), Saved.FAILED),
    "uploaded by the instance": ((WELL,), Saved.WHOLE),
    "the instance lacked something": ((host_uploads.manifest({}, missing=("criterion.tar.gz",)),), Saved.PART),
    "another name does not count": ((host_uploads.manifest({}, missing=("../x",)),), Saved.WHOLE),
    "its build failed": ((host_uploads.manifest({}, build=("exit-code", "exited", "1"), run=None),), Saved.FAILED),
    "it was stopped": ((host_uploads.manifest({}, run=("spot-notice", "killed", "TERM")),), Saved.FAILED),
    "what it lacked was published": ((host_uploads.manifest({}, missing=("activity",)), published()), Saved.WHOLE),
    "still uploaded, or cut off": ((), Saved.PART),
    "damaged": (("{",), Saved.UNKNOWN),
}


@pytest.mark.parametrize("case", CASES)
def test_a_folder_has_what_its_manifest_says(case: str) -> None:
    said, expected = CASES[case]
    assert saved(*said) is expected


def test_a_manifest_that_cannot_be_read_leaves_open_whether_that_is_all() -> None:
    assert saved(WELL, get_object=aws_error("AccessDenied", "No", "GetObject")) is Saved.UNKNOWN


def test_without_a_manifest_nothing_is_asked() -> None:
    assert saved(get_object=AssertionError("asked")) is Saved.PART
