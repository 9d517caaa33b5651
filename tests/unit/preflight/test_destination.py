"""The bucket that results will go to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.account import bucket_policy
from benchmarks.preflight import run_plan
from tests.support.aws_fakes import aws_error
from tests.support.launch_account import STARTED, account, parameters, refusal


@pytest.mark.parametrize(
    ("code", "bucket", "sentence"),
    [
        (
            "404",
            None,
            "There is no bucket benchmarks-123456789012-eu-central-1: run ./inv bench.setup, which creates it.",
        ),
        ("404", "mine", "There is no bucket mine: check --bucket."),
        (
            "403",
            "mine",
            "The bucket mine belongs to another account, or your AWS user may not use it: give one of yours "
            "by --bucket.",
        ),
    ],
)
def test_a_bucket_that_cannot_be_used_is_refused(code: str, bucket: str | None, sentence: str) -> None:
    assert refusal(account({"bucket": aws_error(code, "", "HeadBucket")}), bucket=bucket) == sentence


BUCKET = "benchmarks-123456789012-eu-central-1"
OTHER = f"arn:aws:s3:::{BUCKET}/site/*"
PUBLIC = {"PolicyStatus": {"IsPublic": True}}
RESTRICTED = {"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": True}}
UNRESTRICTED = {"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": False}}
ABSENT = aws_error("NoSuchPublicAccessBlockConfiguration")


@pytest.mark.parametrize(
    ("status", "block", "public"),
    [
        (PUBLIC, UNRESTRICTED, True),
        (PUBLIC, ABSENT, True),
        (PUBLIC, aws_error("AccessDenied"), True),
        (PUBLIC, RESTRICTED, False),
        ({"PolicyStatus": {"IsPublic": False}}, UNRESTRICTED, False),
        (aws_error("NoSuchBucketPolicy"), ABSENT, False),
        (aws_error("AccessDenied"), ABSENT, False),
        (aws_error("NotImplemented"), ABSENT, False),
    ],
)
def test_whether_results_will_be_public_is_told_as_far_as_the_user_may_ask(
    status: Any, block: Any, public: bool
) -> None:
    made = run_plan.make(parameters(), account({"policy_status": status, "block": block}), STARTED)
    assert made.destination
    assert made.destination.public is public


@pytest.mark.parametrize(
    ("policy", "public"),
    [
        ({"Policy": json.dumps({"Statement": bucket_policy.anyone_reads("aws", BUCKET)})}, True),
        (
            {"Policy": json.dumps({"Statement": {**bucket_policy.anyone_reads("aws", BUCKET), "Resource": OTHER}})},
            False,
        ),
        (aws_error("AccessDenied"), True),
        ({"Policy": "{"}, True),
    ],
)
def test_a_bucket_whose_public_part_is_another_is_not_said_to_make_results_public(policy: Any, public: bool) -> None:
    made = run_plan.make(parameters(), account({"policy_status": PUBLIC, "block": ABSENT, "policy": policy}), STARTED)
    assert made.destination
    assert made.destination.public is public


def test_a_bucket_must_be_the_callers_own() -> None:
    connect = account()
    run_plan.make(parameters(bucket="mine"), connect, STARTED)
    assert connect.clients["s3"].called("head_bucket") == [{"Bucket": "mine", "ExpectedBucketOwner": "123456789012"}]
