"""The bucket that results will go to."""

from __future__ import annotations

import pytest

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


def test_a_bucket_must_be_the_callers_own() -> None:
    connect = account()
    run_plan.make(parameters(bucket="mine"), connect, STARTED)
    assert connect.clients["s3"].called("head_bucket") == [{"Bucket": "mine", "ExpectedBucketOwner": "123456789012"}]
