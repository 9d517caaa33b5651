"""Chooses the bucket that a run's results are published to."""

from __future__ import annotations

import json

import botocore.exceptions

from benchmarks import hints
from benchmarks.account import bucket_policy
from benchmarks.aws import s3_addresses
from benchmarks.aws.aws_errors import code
from benchmarks.aws.optional_answers import UnknownError, optional
from benchmarks.aws.resource_names import default_bucket
from benchmarks.aws.session import Client
from benchmarks.errors import RefusedError
from benchmarks.runs.records import Destination, Values

STATUS_PERMISSION = "s3:GetBucketPolicyStatus"
POLICY_PERMISSION = "s3:GetBucketPolicy"
BLOCK_PERMISSION = "s3:GetBucketPublicAccessBlock"


def choose(parameters: Values, s3: Client, account: str) -> Destination:
    """The bucket for the results. Raises RefusedError if it does not exist or belongs to another account."""
    bucket = parameters["bucket"] or default_bucket(account, parameters["region"])
    try:
        head = s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
    except botocore.exceptions.ClientError as error:
        missing = f"There is no bucket {bucket}: "
        create = f"run {hints.command_line('bench.setup')}, which creates it."
        reasons = {
            "404": missing + ("check --bucket." if parameters["bucket"] else create),
            "403": (
                f"The bucket {bucket} belongs to another account, or your AWS user may not use it: "
                "give one of yours by --bucket."
            ),
        }
        if code(error) in reasons:
            raise RefusedError(reasons[code(error)]) from None
        raise
    region = head["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region") or parameters["region"]
    return Destination(
        bucket=bucket,
        account=account,
        region=region,
        public=_is_public(s3, bucket, account),
        endpoint=s3_addresses.endpoint_of(s3),
    )


def _is_public(s3: Client, bucket: str, account: str) -> bool:
    """Whether anyone may read results, as far as the bucket's own settings tell; False if they may not be asked for.

    It is a forecast, and publishing finds out. The status is about the policy alone, not about what blocks it:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html
    """
    place = {"Bucket": bucket, "ExpectedBucketOwner": account}
    try:
        with optional(STATUS_PERMISSION):
            if not s3.get_bucket_policy_status(**place)["PolicyStatus"]["IsPublic"]:
                return False
    except UnknownError:
        return False
    try:
        with optional(POLICY_PERMISSION):
            # What is public may be something else in the bucket.
            policy = json.loads(s3.get_bucket_policy(**place)["Policy"])
            if not bucket_policy.lets_anyone_read_results(policy, bucket):
                return False
    except UnknownError:
        # Who only runs may not read it.
        pass
    try:
        with optional(BLOCK_PERMISSION):
            block = s3.get_public_access_block(**place)["PublicAccessBlockConfiguration"]
            return not block.get("RestrictPublicBuckets")
    except UnknownError:
        # There is none, or it may not be read.
        return True
