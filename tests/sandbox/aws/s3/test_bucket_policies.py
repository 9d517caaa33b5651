"""Whom a bucket policy lets read."""

from __future__ import annotations

import json
from typing import Any

from tests.support.wire_endpoint import Endpoint, fetch, refused


def test_everybody_reads_what_a_policy_opens_once_that_is_not_blocked(endpoint: Endpoint, s3: Any, bucket: str) -> None:
    for key in ("public/log", "private/log"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"log")
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/public/*",
    }
    no_writing = {**statement, "Effect": "Deny", "Action": "s3:PutObject"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement, no_writing]})
    assert "BlockPublicPolicy" in refused("AccessDenied", s3.put_bucket_policy, Bucket=bucket, Policy=policy)
    open_door = dict.fromkeys(
        ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False
    )
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=open_door)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert fetch(f"{endpoint.url}/{bucket}/public/log") == (200, b"log")
    for other in ("private/log", "public/none", "?list-type=2&prefix=public/"):
        assert fetch(f"{endpoint.url}/{bucket}/{other}")[0] == 403
    s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration=open_door | {"RestrictPublicBuckets": True}
    )
    assert fetch(f"{endpoint.url}/{bucket}/public/log")[0] == 403
