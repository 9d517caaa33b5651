"""How long the link to a log opens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from benchmarks.aws import anonymous, credentials
from benchmarks.aws.credentials import Lifetime
from benchmarks.results import link
from benchmarks.results.link import link_end
from tests.support.aws_fakes import FakeClient, aws_error
from tests.support.result_bucket import NOW, Bucket


@pytest.mark.parametrize(
    ("signed_with", "until", "note"),
    [
        (Lifetime(), NOW + timedelta(days=7), ""),
        (Lifetime(temporary=True, end=NOW + timedelta(hours=1)), NOW + timedelta(hours=1), ""),
        (Lifetime(temporary=True, end=NOW + timedelta(days=30)), NOW + timedelta(days=7), ""),
        (Lifetime(temporary=True), NOW + timedelta(days=7), "or until the temporary credentials that signed it expire"),
        # Credentials that are renewed end nevertheless, and the link with them.
        (Lifetime(temporary=True, renewed=True, end=NOW + timedelta(hours=1)), NOW + timedelta(hours=1), ""),
    ],
)
def test_a_link_ends_with_the_credentials_that_signed_it(signed_with: Lifetime, until: datetime, note: str) -> None:
    assert link_end(NOW, signed_with) == (until, note)


def test_a_link_is_signed_for_its_object_until_the_credentials_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "lifetime", Lifetime)
    bucket = Bucket()
    signed = link.sign(bucket.client, "mine", "x/benchmark.log")
    operation, parameters, seconds = bucket.link
    assert (signed.url, operation) == ("https://mine/x/benchmark.log", "get_object")
    assert parameters == {"Bucket": "mine", "Key": "x/benchmark.log"}
    assert 7 * 24 * 3600 - 60 < seconds <= 7 * 24 * 3600
    assert signed.until
    assert (signed.until.second, signed.note) == (0, "")


@pytest.mark.parametrize("status", [{"PolicyStatus": {"IsPublic": True}}, aws_error("AccessDenied")])
def test_the_plain_link_is_made_where_it_opens_for_anyone(monkeypatch: pytest.MonkeyPatch, status: Any) -> None:
    asked: list[str] = []

    def opens(url: str) -> bool:
        asked.append(url)
        return True

    monkeypatch.setattr(anonymous, "opens", opens)
    bucket = Bucket()
    bucket.client.answers["get_bucket_policy_status"] = status
    bucket.client.generate_presigned_url = lambda *_, **__: "https://mine/x/benchmark.log?X-Amz-Signature=0"  # type: ignore[attr-defined]
    made = link.make(bucket.client, "mine", "x/benchmark.log")
    assert made == link.Link("https://mine/x/benchmark.log", None, "")
    assert asked == [made.url]
    assert link.opening(made.until, made.note) == "opens for anyone, as long as the bucket is public"


@pytest.mark.parametrize("status", [{"PolicyStatus": {"IsPublic": False}}, aws_error("NoSuchBucketPolicy")])
def test_no_plain_link_is_tried_of_a_bucket_that_is_not_public(monkeypatch: pytest.MonkeyPatch, status: Any) -> None:
    def opens(_url: str) -> bool:
        raise AssertionError("tried")

    monkeypatch.setattr(anonymous, "opens", opens)
    bucket = Bucket()
    bucket.client.answers["get_bucket_policy_status"] = status
    assert link.make(bucket.client, "mine", "x/benchmark.log").until


@pytest.mark.parametrize(
    ("expected", "note"), [(False, ""), (True, "(its bucket was to be public, but S3 does not open the plain link)")]
)
def test_a_link_that_does_not_open_for_anyone_is_signed(expected: bool, note: str) -> None:
    made = link.make(Bucket().client, "mine", "x/benchmark.log", expected_public=expected)
    assert made.until
    assert made.note == note
    assert link.opening(NOW, made.note) == f"opens until 2026-05-19T08:15+00:00 {note}".rstrip()


@pytest.mark.parametrize(("headers", "region"), [({"x-amz-bucket-region": "eu-west-1"}, "eu-west-1"), ({}, None)])
def test_the_region_of_a_bucket_is_what_s3_says(headers: dict[str, str], region: str | None) -> None:
    s3 = FakeClient(head_bucket={"ResponseMetadata": {"HTTPHeaders": headers}})
    assert link.region_of(s3, "mine") == region
    assert s3.called("head_bucket") == [{"Bucket": "mine"}]
