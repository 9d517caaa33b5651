"""Objects are written once, whole, and never replaced."""

from __future__ import annotations

import base64
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from benchmarks.errors import FailedError
from benchmarks.results import publishing, uploads
from tests.support.aws_fakes import FakeClient, aws_error
from tests.support.result_bucket import KEY, Bucket, plan, published


def test_every_upload_carries_its_checksum_and_names_the_buckets_owner(host: Path) -> None:
    bucket = Bucket()
    publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    for put in bucket.client.called("put_object"):
        content = (host / put["Key"].rpartition("/")[2]).read_bytes()
        assert base64.b64decode(put["ChecksumSHA256"]) == hashlib.sha256(content).digest()
    owners = {call.get("ExpectedBucketOwner") for name, call in bucket.client.calls if name.endswith("object")}
    assert owners == {"123456789012"}


def test_an_object_is_never_replaced_and_what_is_new_goes_beside_it(host: Path) -> None:
    bucket = Bucket()
    publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    before = dict(bucket.objects)
    (host / "benchmark.log").write_bytes(b"more")
    for _ in range(2):
        publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
        assert published(host).keys["benchmark.log"] == KEY.removesuffix("/") + ".2/benchmark.log"
    assert bucket.objects[published(host).keys["benchmark.log"]] == b"more"
    assert before.items() <= bucket.objects.items()
    assert len(bucket.objects) == 2 * len(before)


def test_an_object_that_somebody_else_has_put_there_is_left_and_the_next_copy_is_taken(host: Path) -> None:
    bucket = Bucket()
    bucket.foreign = {f"{KEY}benchmark.log"}
    bucket.objects = {f"{KEY}benchmark.log": b"log\r\n\xff"}
    publishing.publish(bucket, host.parents[1], "i-1", 1, plan(), sleep=lambda _: None)
    assert published(host).keys["benchmark.log"] == KEY.removesuffix("/") + ".2/benchmark.log"
    assert len(bucket.objects) == 1 + len(published(host).keys)


def test_an_upload_that_is_under_way_elsewhere_is_waited_for(host: Path) -> None:
    bucket, naps = Bucket(), list[float]()
    bucket.busy = 3
    changed, _ = publishing.publish(bucket, host.parents[1], "i-1", 1, plan(), sleep=naps.append)
    assert changed
    assert published(host).keys["benchmark.log"] == f"{KEY}benchmark.log"
    assert naps == [0, 1, 1, 2]


def test_an_upload_that_stays_in_the_way_is_no_reason_to_try_for_ever(host: Path) -> None:
    bucket, naps = Bucket(), list[float]()
    bucket.busy = 10**6
    with pytest.raises(FailedError, match=r"^S3 does not take results/.*/benchmark\.log, and shows no such object eit"):
        publishing.publish(bucket, host.parents[1], "i-1", 1, plan(), sleep=naps.append)
    assert 60 < sum(naps) < 120
    assert not (host / "published.json").exists()


def test_an_object_without_a_checksum_is_there() -> None:
    assert uploads.stored_checksum(FakeClient(head_object={}), {"Bucket": "b", "Key": "k"}) == ""


def test_an_s3_that_keeps_no_checksum_is_named_so(host: Path) -> None:
    bucket = Bucket()
    bucket.foreign = {f"{KEY}benchmark.log"}
    with pytest.raises(FailedError, match=r"than was sent: none instead of "):
        publishing.publish(bucket, host.parents[1], "i-1", 1, plan(), sleep=lambda _: None)


def test_an_answer_that_was_lost_is_no_failure(host: Path) -> None:
    bucket = Bucket()
    bucket.loses_answers = True
    publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    assert bucket.objects[published(host).keys["benchmark.log"]] == b"log\r\n\xff"


def test_other_content_than_was_sent_fails(host: Path) -> None:
    with pytest.raises(FailedError, match=r"^S3 has another checksum for results/.*/benchmark\.log than was sent: "):
        publishing.publish(Bucket(corrupt=True), host.parents[1], "i-1", 1, plan())


@pytest.mark.parametrize(
    ("got", "reason"),
    [
        (aws_error("ExpiredToken", "The provided token has expired.", "GetObject"), "ExpiredToken"),
        # It may have passed meanwhile.
        ({"Body": io.BytesIO(b"x")}, "400"),
    ],
)
def test_why_s3_refuses_to_tell_of_an_object_is_asked_for(got: Any, reason: str) -> None:
    s3 = FakeClient(head_object=aws_error("400", "Bad Request", "HeadObject"), get_object=got)
    with pytest.raises(ClientError) as refused:
        uploads.stored_checksum(s3, {"Bucket": "b", "Key": "k"})
    assert refused.value.response["Error"]["Code"] == reason


def test_an_object_that_is_not_there_is_not_asked_for_again() -> None:
    s3 = FakeClient(head_object=aws_error("404", "Not Found", "HeadObject"))
    assert uploads.stored_checksum(s3, {"Bucket": "b", "Key": "k"}) is None
