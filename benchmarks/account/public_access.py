"""Public results: what blocks public access in an account, and what setup changes of a bucket if they are asked for.

S3 blocks public access for new buckets, and may for whole accounts and organisations; the most restrictive counts:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

import botocore.exceptions

from benchmarks.account import bucket_policy
from benchmarks.aws import aws_errors
from benchmarks.aws.resource_names import RESULTS
from benchmarks.aws.session import AwsShape, Client, Connect
from benchmarks.errors import RefusedError

# What concerns policies; what concerns ACLs stays blocked.
SETTINGS = ("BlockPublicPolicy", "RestrictPublicBuckets")
BLOCKED = (
    "Results cannot be public, since the account {account} or its organisation blocks public access (S3 Block Public "
    "Access): leave public out, or ask your administrator to end that for the account, in an organisation by its S3 "
    "policy."
)
REOPENED = (
    "The bucket {bucket} cannot be opened, since {named} in its policy would let everybody in again, whom the "
    "bucket's S3 Block Public Access keeps out so far: take it out of the policy (aws s3api get-bucket-policy shows "
    "it), or give another bucket by --bucket."
)
SHOWN = (
    "With --public, anyone who has or guesses an object's address reads it, at your cost, though nobody can list them: "
    "log, archive and records, and in the address the bucket's name {bucket} and the key with suite, start, machine, "
    "cores, ref, run id and host."
)
CLOSING = (
    "aws s3api put-public-access-block --bucket {bucket} --public-access-block-configuration "
    "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true"
)
TO_CLOSE = (
    "Anyone reads " + RESULTS + " in the bucket {bucket}, as --public has set up; to make it private again: " + CLOSING
)
_ABSENT = "NoSuchPublicAccessBlockConfiguration"
# S3 may refuse a public policy for some seconds after the bucket's own block of it has ended.
_PATIENCE, _PAUSE = 15, 2.0  # attempts, seconds


def refuse_blocked(connect: Connect, account: str) -> None:
    """Raises RefusedError if the account blocks public policies, by itself or by its organisation's S3 policy.

    The answer is about both: https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html.
    Without the permission to ask, S3 tells when the bucket's policy is written.
    """
    control = connect("s3control")
    found = aws_errors.optional(
        lambda: aws_errors.unless(_ABSENT, lambda: control.get_public_access_block(AccountId=account))
    )
    if found and blocks(found["PublicAccessBlockConfiguration"]):
        raise RefusedError(BLOCKED.format(account=account))


def blocks(block: AwsShape) -> bool:
    """Whether a public access block makes public policies impossible or ineffective."""
    return any(block.get(name) for name in SETTINGS)


def restricts(block: AwsShape) -> bool:
    """Whether a public access block keeps out whom the bucket's policy lets in.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html
    """
    return bool(block.get("RestrictPublicBuckets"))


def refuses(block: AwsShape) -> bool:
    """Whether a public access block makes S3 refuse new policies that are public; those that are there stay."""
    return bool(block.get("BlockPublicPolicy"))


def refuse_reopening(bucket: str, policy: AwsShape) -> None:
    """Raises RefusedError if without its block a bucket would be open to everybody by more than setup's statement."""
    if named := bucket_policy.for_everybody(policy, but=bucket_policy.SIDS):
        raise RefusedError(REOPENED.format(bucket=bucket, named=" and ".join(named)))


def add(
    s3: Client,
    bucket: str,
    account: str,
    wanted: Sequence[AwsShape],
    dry: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Let a bucket have public policies, and add statements to its own; return whether anything was or would be done.

    If S3 refuses the policy, the bucket's block is put back. Raises RefusedError if that is because of the account or
    the organisation, or if the block keeps out whom another statement lets in, and ClientError and BotoCoreError.
    """
    place = {"Bucket": bucket, "ExpectedBucketOwner": account}
    before = _block_of(s3, place, (_ABSENT, "NoSuchBucket") if dry else (_ABSENT,))
    opens = blocks(before)
    if restricts(before):
        refuse_reopening(bucket, bucket_policy.read(s3, bucket, account, absent=("NoSuchBucket",) if dry else ()))
    if dry:
        return bucket_policy.add(s3, bucket, account, wanted, dry=True) or opens
    if opens:
        after = {**before, **dict.fromkeys(SETTINGS, False)}
        s3.put_public_access_block(**place, PublicAccessBlockConfiguration=after)
    try:
        added = _patiently(lambda: bucket_policy.add(s3, bucket, account, wanted), _PATIENCE if opens else 1, sleep)
    except aws_errors.errors() as error:
        # Also if no answer came: whether S3 has the policy is then not known, and a block makes either harmless.
        if opens:
            s3.put_public_access_block(**place, PublicAccessBlockConfiguration=before)
        if isinstance(error, bucket_policy.BlockedError):
            raise RefusedError(BLOCKED.format(account=account)) from None
        raise
    return added or opens


def add_to_private(s3: Client, bucket: str, account: str, wanted: Sequence[AwsShape], dry: bool = False) -> bool:
    """Add statements to the policy of a bucket whose results need not be public; return whether they were or would be.

    Where results were public and the bucket or the account now blocks that, setup's statement is still in the policy,
    which S3 would refuse to take again: it is dropped. Raises BlockedError if S3 refuses it for another statement, and
    ClientError.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    place = {"Bucket": bucket, "ExpectedBucketOwner": account}
    block = aws_errors.optional(lambda: _block_of(s3, place, (_ABSENT, "NoSuchBucket") if dry else (_ABSENT,))) or {}
    add = partial(bucket_policy.add, s3, bucket, account, wanted, dry)
    if not block.get("BlockPublicPolicy"):
        try:
            return add()
        except bucket_policy.BlockedError:
            # It is the account that blocks.
            pass
    return add(dropped=(bucket_policy.ANYONE_READS,))


def _block_of(s3: Client, place: AwsShape, absent: Sequence[str]) -> AwsShape:
    try:
        found: AwsShape = s3.get_public_access_block(**place)["PublicAccessBlockConfiguration"]
    except botocore.exceptions.ClientError as error:
        if aws_errors.code(error) not in absent:
            raise
        return {}
    return found


def _patiently(call: Callable[[], bool], attempts: int, sleep: Callable[[float], None]) -> bool:
    for _ in range(attempts - 1):
        try:
            return call()
        except bucket_policy.BlockedError:
            sleep(_PAUSE)
    return call()
