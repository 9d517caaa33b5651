"""Objects are written once, whole, and never replaced."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from benchmarks.errors import FailedError
from benchmarks.results import publishing
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


def test_an_answer_that_was_lost_is_no_failure(host: Path) -> None:
    bucket = Bucket()
    bucket.loses_answers = True
    publishing.publish(bucket, host.parents[1], "i-1", 1, plan())
    assert bucket.objects[published(host).keys["benchmark.log"]] == b"log\r\n\xff"


def test_other_content_than_was_sent_fails(host: Path) -> None:
    with pytest.raises(FailedError, match=r"^S3 has another checksum for results/.*/benchmark\.log than was sent: "):
        publishing.publish(Bucket(corrupt=True), host.parents[1], "i-1", 1, plan())
