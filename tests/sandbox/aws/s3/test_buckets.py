"""Buckets are private, owned by somebody, and keep checksums; presigned links open and expire."""

from __future__ import annotations

import base64
import hashlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from botocore.config import Config

from tests.support.wire_endpoint import NO_RETRIES, Endpoint, refused


@pytest.fixture
def bucket(s3: Any, name: str) -> str:
    s3.create_bucket(Bucket=name)
    return name


def sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def fetch(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_new_buckets_are_private_without_acls_and_encrypted(s3: Any, bucket: str) -> None:
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True} and len(block) == 4
    rules = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert rules == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    rule = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_acls_are_refused_until_enabled(s3: Any, bucket: str) -> None:
    put = {"Bucket": bucket, "Key": "k", "Body": b"x"}
    refused("AccessControlListNotSupported", s3.put_object, **put, ACL="public-read")
    s3.put_object(**put, ACL="bucket-owner-full-control")
    refused("AccessControlListNotSupported", s3.put_object_acl, Bucket=bucket, Key="k", ACL="private")
    refused("AccessControlListNotSupported", s3.put_bucket_acl, Bucket=bucket, ACL="private")
    controls = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=controls)
    s3.put_object(**put, ACL="private")


def test_a_bucket_cannot_be_created_public(s3: Any, name: str) -> None:
    refused("InvalidBucketAclWithObjectOwnership", s3.create_bucket, Bucket=name, ACL="public-read")


def test_creating_a_bucket_again_keeps_its_settings(s3: Any, bucket: str) -> None:
    s3.delete_public_access_block(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    refused("NoSuchPublicAccessBlockConfiguration", s3.get_public_access_block, Bucket=bucket)


def test_a_bucket_of_another_owner_than_expected_is_refused(endpoint: Endpoint, s3: Any, bucket: str) -> None:
    other = "999999999999"
    put = {"Bucket": bucket, "Key": "k", "Body": b"x"}
    refused("AccessDenied", s3.put_object, **put, ExpectedBucketOwner=other)
    refused("403", s3.head_bucket, Bucket=bucket, ExpectedBucketOwner=other)
    s3.put_object(**put, ExpectedBucketOwner=endpoint.settings.account_id)


def test_somebody_elses_bucket_is_neither_seen_nor_made(endpoint: Endpoint, s3: Any, name: str) -> None:
    assert endpoint.ask("PUT", f"/_sandbox/foreign-buckets/{name}", token="guess")[0] == 403
    assert endpoint.ask("PUT", f"/_sandbox/foreign-buckets/{name}")[0] == 200
    refused("403", s3.head_bucket, Bucket=name)
    refused("AccessDenied", s3.put_object, Bucket=name, Key="k", Body=b"x")
    refused("BucketAlreadyExists", s3.create_bucket, Bucket=name)
    endpoint.ask("DELETE", f"/_sandbox/foreign-buckets/{name}")
    refused("404", s3.head_bucket, Bucket=name)


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


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_link_opens_by_plain_http_until_it_expires(
    endpoint: Endpoint, s3: Any, bucket: str, version: str
) -> None:
    key = "runs/a b+c/ü.log"
    s3.put_object(Bucket=bucket, Key=key, Body=b"log")
    signer = endpoint.client("s3", config=Config(signature_version=version).merge(NO_RETRIES))
    parameters = {"Bucket": bucket, "Key": key, "ResponseContentType": "text/plain"}
    url = signer.generate_presigned_url("get_object", Params=parameters, ExpiresIn=3)
    assert fetch(url) == (200, b"log")
    assert fetch(url.replace("/runs/", "/other/"))[0] == 403
    assert fetch(url.split("?")[0])[0] == 403
    time.sleep(3.1)
    status, body = fetch(url)
    assert (status, b"Request has expired" in body) == (403, True)


def test_a_presigned_upload_stores_the_object(s3: Any, bucket: str) -> None:
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=60)
    request = urllib.request.Request(url, b"sent", {"Content-Type": ""}, method="PUT")
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.status == 200
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"sent"


def test_everybody_reads_what_a_policy_opens_once_that_is_not_blocked(endpoint: Endpoint, s3: Any, bucket: str) -> None:
    for key in ("public/log", "private/log"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"log")
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/public/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    assert "BlockPublicPolicy" in refused("AccessDenied", s3.put_bucket_policy, Bucket=bucket, Policy=policy)
    open_door = dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False
    )
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=open_door)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert fetch(f"{endpoint.url}/{bucket}/public/log") == (200, b"log")
    assert fetch(f"{endpoint.url}/{bucket}/private/log")[0] == 403
    s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration=open_door | {"RestrictPublicBuckets": True}
    )
    assert fetch(f"{endpoint.url}/{bucket}/public/log")[0] == 403


def test_unknown_buckets_and_keys_are_not_found(s3: Any, bucket: str, name: str) -> None:
    refused("NoSuchBucket", s3.get_object, Bucket=f"{name}-2", Key="k")
    refused("NoSuchKey", s3.get_object, Bucket=bucket, Key="k")


def test_slow_down_can_be_ordered(start_endpoint: Callable[..., Endpoint], name: str) -> None:
    endpoint = start_endpoint()
    s3 = endpoint.client("s3")
    s3.create_bucket(Bucket=name)
    endpoint.faults({"service": "s3", "action": "PutObject", "error": "SlowDown", "times": 1})
    refused("SlowDown", s3.put_object, Bucket=name, Key="k", Body=b"x")
    s3.put_object(Bucket=name, Key="k", Body=b"x")
    _, seen = endpoint.ask("GET", "/_sandbox/requests")
    assert [(one["status"], one["parameters"]) for one in seen if one["action"] == "PutObject"] == [
        (503, {"Bucket": name, "Key": "k"}),
        (200, {"Bucket": name, "Key": "k"}),
    ]
