"""The statements that setup adds to a bucket's policy, among those of the user's own.

- The role of instances only creates objects. It outlives the session of whoever launched them, and third-party code
  runs there: what was measured before must not be replaced.
  https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
- If it was asked for, anyone reads results, but cannot list them.
  https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase
from typing import Any

import botocore.exceptions

from benchmarks.aws import aws_errors
from benchmarks.aws.resource_names import RESULTS
from benchmarks.aws.session import AwsShape, Client
from benchmarks.errors import RefusedError

ONLY_ADD = "BenchmarksInstancesOnlyAddResults"
ANYONE_READS = "BenchmarksAnyoneReadsResults"
SIDS = frozenset({ONLY_ADD, ANYONE_READS})
EMPTY: AwsShape = {"Version": "2012-10-17", "Statement": []}
BLOCKED = (
    "S3 does not take the policy of the bucket {bucket} with {named}, since that lets everybody in, which S3 Block "
    "Public Access forbids here: take it out of the policy (aws s3api get-bucket-policy shows it), or give another "
    "bucket by --bucket."
)


class BlockedError(RefusedError):
    """S3 refuses a policy, since it is public and the bucket, the account or its organisation blocks that."""


def results_of(partition: str, bucket: str) -> str:
    """The ARN of all results in a bucket."""
    return f"arn:{partition}:s3:::{bucket}/{RESULTS}*"


def only_add(partition: str, bucket: str, role_arn: str) -> AwsShape:
    """A statement that denies the role every write to results without `If-None-Match`, which S3 takes with `*` alone.

    The role is a condition, not the principal: S3 refuses principals that do not exist, and a role that is created
    again under its name would be another one. In sessions of the role, the key has the role's ARN:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    Multipart uploads are denied altogether: their first requests carry no such header, and are not exempted here
    (s3:ObjectCreationOperation would), since nothing on an instance uploads more than one PUT takes, which is 5 GB.
    """
    return {
        "Sid": ONLY_ADD,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": results_of(partition, bucket),
        "Condition": {"ArnEquals": {"aws:PrincipalArn": role_arn}, "Null": {"s3:if-none-match": "true"}},
    }


def anyone_reads(partition: str, bucket: str) -> AwsShape:
    """A statement that lets anyone read results, by their keys: it does not allow to list them."""
    return {
        "Sid": ANYONE_READS,
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": results_of(partition, bucket),
    }


def find(s3: Client, bucket: str, account: str) -> AwsShape | None:
    """A bucket's policy, EMPTY if it has none; None if the permission to read it is missing."""
    found: AwsShape | None = aws_errors.optional(lambda: read(s3, bucket, account))
    return found


def has(policy: AwsShape, statement: AwsShape) -> bool:
    """Whether a policy has a statement, which S3 may return with a list where a string was sent, or the reverse."""
    return any(_plain(one) == _plain(statement) for one in statements(policy))


def with_statements(policy: AwsShape, wanted: Sequence[AwsShape]) -> AwsShape:
    """A policy with the wanted statements, in place of those with their Sid; all others are as they were."""
    missing = [one for one in wanted if not has(policy, one)]
    replaced = {one["Sid"] for one in missing}
    kept = [one for one in statements(policy) if one.get("Sid") not in replaced]
    return {**policy, "Statement": [*kept, *missing]} if missing else policy


def add(
    s3: Client,
    bucket: str,
    account: str,
    wanted: Sequence[AwsShape],
    dry: bool = False,
    dropped: Sequence[str] = (),
) -> bool:
    """Add statements to a bucket's policy, if needed; return whether they were or, if `dry`, would be.

    If the policy is written at all, it is without statements whose Sid is one of `dropped`. If `dry`, a bucket that
    does not exist yet counts as one without a policy. Raises BlockedError and ClientError.
    """
    before = read(s3, bucket, account, absent=("NoSuchBucket",) if dry else ())
    after = with_statements(before, wanted)
    if after == before:
        return False
    after = {**after, "Statement": [one for one in statements(after) if one.get("Sid") not in dropped]}
    if not dry:
        put(s3, bucket, account, after)
    return True


def put(s3: Client, bucket: str, account: str, policy: AwsShape) -> None:
    """Replace a bucket's policy. Raises BlockedError, which names the statements for everybody, and ClientError."""
    try:
        s3.put_bucket_policy(Bucket=bucket, ExpectedBucketOwner=account, Policy=json.dumps(policy))
    except botocore.exceptions.ClientError as error:
        if not _is_blocked(error):
            raise
        named = " and ".join(for_everybody(policy)) or "its statements"
        raise BlockedError(BLOCKED.format(bucket=bucket, named=named)) from None


def _is_blocked(error: botocore.exceptions.ClientError) -> bool:
    """Whether S3 refused a policy because it is public, as the reason that it adds to AccessDenied tells.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html#access-denied-message-examples
    """
    message = str(error.response.get("Error", {}).get("Message", ""))
    return aws_errors.is_denied(error) and ("BlockPublicPolicy" in message or "Block Public Access" in message)


def for_everybody(policy: AwsShape, but: Collection[str] = ()) -> list[str]:
    """What to call each statement that allows everybody something, but for those with the Sids `but`.

    Conditions may make such a statement less than public in AWS's sense; they are not looked at:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
    """
    return [
        f"the statement {one['Sid']}" if one.get("Sid") else f"its statement {number}, which has no Sid,"
        for number, one in enumerate(statements(policy), 1)
        if one.get("Effect") == "Allow" and one.get("Sid") not in but and _is_for_everybody(one)
    ]


def _is_for_everybody(statement: AwsShape) -> bool:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous"""
    if "NotPrincipal" in statement:
        return True
    principal = statement.get("Principal")
    return "*" in _listed(principal.get("AWS", []) if isinstance(principal, dict) else principal)


def read(s3: Client, bucket: str, account: str, absent: Sequence[str] = ()) -> AwsShape:
    """A bucket's policy, EMPTY if it has none or S3 answers with a code of `absent`. Raises ClientError."""
    try:
        answer = s3.get_bucket_policy(Bucket=bucket, ExpectedBucketOwner=account)
    except botocore.exceptions.ClientError as error:
        if aws_errors.code(error) not in ("NoSuchBucketPolicy", *absent):
            raise
        return EMPTY
    found: AwsShape = json.loads(answer["Policy"])
    return found


def lets_anyone_read_results(policy: AwsShape, bucket: str) -> bool:
    """Whether a statement, setup's or another, lets everybody read what is below the results' prefix."""
    return any(
        one.get("Effect") == "Allow"
        and _is_for_everybody(one)
        and any(fnmatchcase("s3:getobject", action.lower()) for action in _listed(one.get("Action", [])))
        and any(
            fnmatchcase(f"{bucket}/{RESULTS}x", resource.rpartition(":::")[2])
            for resource in _listed(one.get("Resource", []))
        )
        for one in statements(policy)
    )


def _listed(value: Any) -> list[str]:
    return [str(one) for one in (value if isinstance(value, list) else [value])]


def statements(policy: AwsShape) -> list[AwsShape]:
    """The statements of a policy, which may be a single one without a list.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
    """
    found = policy.get("Statement", [])
    return [found] if isinstance(found, dict) else list(found)


def _plain(value: Any) -> Any:
    """A part of a policy in one form: lists for single strings, without order, and the long form of any principal."""
    if isinstance(value, dict):
        return {key: _plain({"AWS": "*"} if (key, one) == ("Principal", "*") else one) for key, one in value.items()}
    listed = value if isinstance(value, list) else [value]
    return sorted(map(str, listed))
