"""Buckets are private and owned by somebody; presigned links open and expire."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config

from tests.support.wire_endpoint import NO_RETRIES, Endpoint, fetch, refused


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


def test_a_new_bucket_has_no_tags_of_a_deleted_one(s3: Any, bucket: str) -> None:
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "team", "Value": "crypto"}]})
    s3.delete_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    refused("NoSuchTagSet", s3.get_bucket_tagging, Bucket=bucket)


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
