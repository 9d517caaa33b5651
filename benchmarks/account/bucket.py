"""The bucket for results: its name, its settings, and its lifecycle rule that aborts incomplete uploads."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import botocore.exceptions

from benchmarks.account import bucket_policy, public_access
from benchmarks.aws import aws_errors
from benchmarks.aws.aws_errors import code, optional
from benchmarks.aws.session import AwsShape, Client
from benchmarks.errors import RefusedError

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html
UPLOAD_RULE: AwsShape = {
    "ID": "benchmarks-abort-incomplete-uploads",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
}
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True)
class Bucket:
    """A bucket of the account; a setting is None if the permission to read it is missing."""

    name: str
    region: str
    blocks_public_access: bool | None
    disables_acls: bool | None
    lifecycle: Sequence[AwsShape] | None
    policy: AwsShape | None = None
    admits_public: bool | None = None  # by a policy
    restricts_public: bool | None = None  # whom a policy admits
    refuses_public: bool | None = None  # new policies that are public

    @property
    def aborts_uploads(self) -> bool:
        """Whether incomplete uploads are aborted; also true if the rules may not be read or, therefore, written."""
        return self.lifecycle is None or aborts_uploads(self.lifecycle)

    def has_rule(self, statement: AwsShape) -> bool:
        """Whether its policy has a statement; also true if it may not be read or, therefore, written."""
        return self.policy is None or bucket_policy.has(self.policy, statement)

    def lets_anyone_read(self, partition: str) -> bool:
        """Whether setup has made its results public; False as well if that may not be read."""
        statement = bucket_policy.anyone_reads(partition, self.name)
        return bool(self.admits_public and self.policy is not None and bucket_policy.has(self.policy, statement))


def check_name(name: str) -> None:
    """Raises RefusedError for a name that S3 does not accept."""
    if not _NAME.fullmatch(name):
        raise RefusedError(f"bucket must be 3 to 63 lowercase letters, digits, dots and hyphens, not {name!r}.")


def look(s3: Client, name: str, account: str) -> AwsShape | None:
    """The answer of HeadBucket, None if there is no such bucket. Raises RefusedError if it is another account's."""
    try:
        found: AwsShape | None = aws_errors.unless(
            "404", lambda: s3.head_bucket(Bucket=name, ExpectedBucketOwner=account)
        )
        return found
    except botocore.exceptions.ClientError as error:
        if code(error) != "403":
            raise
        raise RefusedError(
            f"The bucket {name} belongs to another account, or your AWS user may not use it: "
            "give another name by --bucket."
        ) from None


def find(s3: Client, name: str, account: str, region: str) -> Bucket | None:
    """The account's bucket with this name, None if there is none; `region` is the region of the client `s3`.

    Raises RefusedError if the bucket belongs to another account.
    """
    place = {"Bucket": name, "ExpectedBucketOwner": account}
    if (head := look(s3, name, account)) is None:
        return None

    def read(what: str, missing: str, key: str, empty: Any) -> Any:
        answer = optional(lambda: aws_errors.unless(missing, lambda: getattr(s3, f"get_{what}")(**place)) or {})
        return None if answer is None else answer.get(key, empty)

    block = read("public_access_block", "NoSuchPublicAccessBlockConfiguration", "PublicAccessBlockConfiguration", {})
    ownership = read("bucket_ownership_controls", "OwnershipControlsNotFoundError", "OwnershipControls", {"Rules": []})
    return Bucket(
        name=name,
        region=head.get("BucketRegion") or region,
        blocks_public_access=None if block is None else len(block) == 4 and all(block.values()),
        disables_acls=None if ownership is None else {"ObjectOwnership": "BucketOwnerEnforced"} in ownership["Rules"],
        lifecycle=read("bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration", "Rules", []),
        policy=bucket_policy.find(s3, name, account),
        admits_public=None if block is None else not public_access.blocks(block),
        restricts_public=None if block is None else public_access.restricts(block),
        refuses_public=None if block is None else public_access.refuses(block),
    )


def aborts_uploads(rules: Sequence[AwsShape]) -> bool:
    """Whether a bucket's lifecycle rules abort incomplete uploads of all its objects."""
    return any(
        rule["Status"] == "Enabled"
        and "AbortIncompleteMultipartUpload" in rule
        and not rule.get("Prefix")
        and rule.get("Filter", {}) in ({}, {"Prefix": ""})
        for rule in rules
    )


def with_upload_rule(rules: Sequence[AwsShape]) -> list[AwsShape]:
    """A bucket's lifecycle rules, plus one that aborts incomplete uploads if they have none."""
    if aborts_uploads(rules):
        return list(rules)
    return [*(rule for rule in rules if rule.get("ID") != UPLOAD_RULE["ID"]), UPLOAD_RULE]


def add_upload_rule(s3: Client, bucket: str, account: str, dry: bool = False) -> bool:
    """Add a lifecycle rule that aborts incomplete uploads, if needed; return whether it was or, if `dry`, would be."""
    place = {"Bucket": bucket, "ExpectedBucketOwner": account}
    missing = ("NoSuchLifecycleConfiguration", *(("NoSuchBucket",) if dry else ()))
    try:
        before = s3.get_bucket_lifecycle_configuration(**place)
    except botocore.exceptions.ClientError as error:
        if code(error) not in missing:
            raise
        before = {"Rules": []}
    rules = with_upload_rule(before["Rules"])
    if rules == before["Rules"]:
        return False
    if not dry:
        # The call replaces the whole lifecycle configuration.
        kept = {key: before[key] for key in ("TransitionDefaultMinimumObjectSize",) if key in before}
        s3.put_bucket_lifecycle_configuration(**place, LifecycleConfiguration={"Rules": rules}, **kept)
    return True


def refusal(found: Bucket | None, missing: Collection[str]) -> str:
    """Why the bucket's policy cannot be added to, as a sentence; empty if it can, or if only S3 can tell.

    `missing` are the names of the needs that setup would create. Where results are to be public, the block ends before.
    """
    if not found or not found.refuses_public or "add_rule" not in missing or "public_rule" in missing:
        return ""
    # Conditions may make a statement less than public.
    policy = {"Statement": [one for one in bucket_policy.statements(found.policy or {}) if not one.get("Condition")]}
    named = " and ".join(bucket_policy.for_everybody(policy, but=bucket_policy.SIDS))
    return bucket_policy.BLOCKED.format(bucket=found.name, named=named) if named else ""


def notes(bucket: Bucket, region: str, public: bool = False) -> list[str]:
    """How a bucket differs from what setup would have created for runs in `region`, as sentences.

    `public` is whether anyone reads, or is to read, its results.
    """
    name = bucket.name
    notes = []
    if bucket.region != region:
        notes.append(f"The bucket {name} is in {bucket.region}, so results leave {region}.")
    if bucket.blocks_public_access is False and not public:
        notes.append(f"The bucket {name} does not block public access (aws s3api put-public-access-block does).")
    if bucket.policy is None:
        notes.append(
            f"The policy of the bucket {name} may not be read (s3:GetBucketPolicy), so whether instances may only add "
            "results is not known."
        )
    if bucket.disables_acls is False:
        notes.append(f"The bucket {name} has ACLs enabled (aws s3api put-bucket-ownership-controls disables them).")
    return notes
