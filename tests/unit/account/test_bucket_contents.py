"""Counting what a bucket holds, and emptying it."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.account import bucket_contents
from benchmarks.account.bucket_contents import Contents
from benchmarks.errors import FailedError
from tests.support.aws_fakes import FakeClient, aws_error
from tests.support.torn_down_account import Pages


def version(key: str, *, latest: bool = True, size: int = 1000) -> dict[str, Any]:
    return {"Key": key, "VersionId": f"{key}-{latest}", "IsLatest": latest, "Size": size}


def page(*versions: dict[str, Any], markers: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"Versions": list(versions), "DeleteMarkers": [{"Key": key, "VersionId": "m"} for key in markers]}


def client(*listings: list[Any], uploads: list[Any] | None = None, **answers: Any) -> FakeClient:
    """A bucket that is listed as one of the lists of pages after the other, and then empty."""
    s3 = FakeClient(delete_objects={}, abort_multipart_upload={}, **answers)
    s3.get_paginator = Pages(list_object_versions=[*listings, []], list_multipart_uploads=[uploads or [{}]])  # type: ignore[method-assign,assignment]
    return s3


def test_everything_that_keeps_s3_from_deleting_a_bucket_is_counted() -> None:
    pages = [page(version("a"), version("a", latest=False)), page(version("b", size=2_400_000), markers=("c",))]
    found = bucket_contents.count(client(pages, uploads=[{"Uploads": [{}]}]), "b", "1")
    assert found == Contents(objects=2, bytes=2_402_000, versions=2, uploads=1)
    assert str(found) == "2 objects and 2 older versions and 1 incomplete upload (2.4 MB)"


@pytest.mark.parametrize("contents", [Contents(objects=1), Contents(versions=1), Contents(uploads=1)])
def test_bucket_with_any_of_it_is_not_empty(contents: Contents) -> None:
    assert not contents.empty


def test_bucket_without_any_is_empty() -> None:
    assert bucket_contents.count(client([{}]), "b", "1").empty


def test_of_a_huge_bucket_only_the_beginning_is_counted() -> None:
    found = bucket_contents.count(client([page(version("a"))] * 5), "b", "1", pages=2)
    assert str(found) == "more than 2 objects (2.0 kB)"


def test_emptying_deletes_versions_markers_and_uploads_and_tells_how_far_it_is() -> None:
    pages = [page(version("a"), version("a", latest=False)), page(), page(version("b"), markers=("c",))]
    s3 = client(pages, uploads=[{"Uploads": [{"Key": "u", "UploadId": "1"}]}])
    told: list[int] = []
    bucket_contents.empty(s3, "b", "1", told.append)
    deleted = [one["Key"] for call in s3.called("delete_objects") for one in call["Delete"]["Objects"]]
    assert deleted == ["a", "a", "b", "c"]
    assert {call["ExpectedBucketOwner"] for _, call in s3.calls} == {"1"}
    assert s3.called("abort_multipart_upload")[0]["UploadId"] == "1"
    assert told == [2, 4]


def test_an_upload_that_ended_meanwhile_does_not_stop_the_others() -> None:
    s3 = client([page()], uploads=[{"Uploads": [{"Key": key, "UploadId": "1"} for key in "uv"]}])
    s3.answers["abort_multipart_upload"] = aws_error("NoSuchUpload")
    bucket_contents.empty(s3, "b", "1")
    assert [call["Key"] for call in s3.called("abort_multipart_upload")] == ["u", "v"]


def test_locked_objects_are_named_and_do_not_keep_others_from_being_deleted() -> None:
    refused = {"Errors": [{"Key": f"k{n}", "Code": "AccessDenied", "Message": "Access Denied"} for n in range(5)]}
    many = [version(f"k{n}") for n in range(5)]
    uploads = [{"Uploads": [{"Key": "u", "UploadId": "1"}]}]
    s3 = client([page(*many), page(version("b"))], [page(*many)], uploads=uploads)
    s3.answers["delete_objects"] = [refused, {}, refused]
    with pytest.raises(FailedError) as failed:
        bucket_contents.empty(s3, "b", "1")
    assert str(failed.value).startswith("S3 does not delete k0 (AccessDenied: Access Denied), k1 (")
    assert " and 2 more in b: a lock may retain them" in str(failed.value)
    assert len(s3.called("delete_objects")) == 3
    assert s3.called("abort_multipart_upload")


def test_listing_that_ends_early_is_taken_up_again() -> None:
    s3 = client([page(version("a"))], [page(version("b"))])
    told: list[int] = []
    bucket_contents.empty(s3, "b", "1", told.append)
    assert told == [1, 2]
