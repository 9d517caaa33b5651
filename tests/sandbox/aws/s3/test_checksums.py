"""Checksums of uploads are verified and kept."""

from __future__ import annotations

import base64
import hashlib
from io import BytesIO
from typing import Any

import pytest

from tests.support.wire_endpoint import refused


def sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


@pytest.mark.parametrize("named", [{"ChecksumAlgorithm": "SHA256"}, {"ChecksumSHA256": sha256(b"hello")}])
def test_checksums_are_kept(s3: Any, bucket: str, named: dict[str, str]) -> None:
    key = "dir/with space+ümlaut_%"
    s3.put_object(Bucket=bucket, Key=key, Body=b"hello", Metadata={"run_id": "1"}, **named)
    head = s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"] == sha256(b"hello")
    assert (head["ChecksumType"], head["ContentLength"], head["Metadata"]) == ("FULL_OBJECT", 5, {"run_id": "1"})
    assert "ChecksumSHA256" not in s3.head_object(Bucket=bucket, Key=key)


def test_a_wrong_checksum_is_refused(s3: Any, bucket: str) -> None:
    put = {"Bucket": bucket, "Key": "k", "Body": b"hello"}
    refused("BadDigest", s3.put_object, **put, ChecksumSHA256=sha256(b"other"))
    refused("InvalidRequest", s3.put_object, **put, ChecksumSHA256="nonsense")
    refused("404", s3.head_object, Bucket=bucket, Key="k")


def test_a_large_upload_in_parts_has_the_checksum_of_its_parts(s3: Any, bucket: str) -> None:
    size = 8 * 1024 * 1024
    body = bytes(range(256)) * (size // 256) + b"rest"
    s3.upload_fileobj(BytesIO(body), bucket, "big", ExtraArgs={"ChecksumAlgorithm": "SHA256"})
    head = s3.head_object(Bucket=bucket, Key="big", ChecksumMode="ENABLED")
    parts = [hashlib.sha256(body[:size]).digest(), hashlib.sha256(body[size:]).digest()]
    assert head["ChecksumSHA256"] == sha256(b"".join(parts)) + "-2"
    assert head["ChecksumType"] == "COMPOSITE"
    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == body
