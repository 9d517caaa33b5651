"""An account's own block of public access stands above that of every bucket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.aws import s3_addresses
from tests.support.wire_endpoint import Endpoint, fetch, refused

ALL = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


@pytest.fixture
def control(endpoint: Endpoint) -> Iterator[Any]:
    """S3 Control, without the account in the host's name."""
    made = endpoint.client("s3control")
    made.meta.events.register("before-call.s3-control", s3_addresses._without_account)
    yield made
    made.delete_public_access_block(AccountId=endpoint.settings.account_id)


def policy(bucket: str) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_an_account_blocks_nothing_until_it_is_told_to(endpoint: Endpoint, control: Any) -> None:
    own = {"AccountId": endpoint.settings.account_id}
    refused("NoSuchPublicAccessBlockConfiguration", control.get_public_access_block, **own)
    some = ALL | {"BlockPublicAcls": False}
    control.put_public_access_block(**own, PublicAccessBlockConfiguration=some)
    assert control.get_public_access_block(**own)["PublicAccessBlockConfiguration"] == some
    refused("AccessDenied", control.get_public_access_block, AccountId="999999999999")


def test_public_policies_are_refused_and_have_no_effect_while_the_account_blocks_them(
    endpoint: Endpoint, control: Any, s3: Any, bucket: str
) -> None:
    s3.put_object(Bucket=bucket, Key="log", Body=b"log")
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket))
    assert fetch(f"{endpoint.url}/{bucket}/log") == (200, b"log")
    control.put_public_access_block(AccountId=endpoint.settings.account_id, PublicAccessBlockConfiguration=ALL)
    assert fetch(f"{endpoint.url}/{bucket}/log")[0] == 403
    assert "BlockPublicPolicy" in refused("AccessDenied", s3.put_bucket_policy, Bucket=bucket, Policy=policy(bucket))


def test_who_may_read_the_accounts_block_may_not_change_it(
    endpoint: Endpoint, iam: Any, control: Any, name: str
) -> None:
    own = {"AccountId": endpoint.settings.account_id}
    iam.create_user(UserName=name)
    may = {"Effect": "Allow", "Action": "s3:GetAccountPublicAccessBlock", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_user_policy(UserName=name, PolicyName="mine", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    theirs = endpoint.client(
        "s3control", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
    )
    theirs.meta.events.register("before-call.s3-control", s3_addresses._without_account)
    refused("NoSuchPublicAccessBlockConfiguration", theirs.get_public_access_block, **own)
    assert "s3:PutAccountPublicAccessBlock" in refused(
        "AccessDenied", theirs.put_public_access_block, **own, PublicAccessBlockConfiguration=ALL
    )
