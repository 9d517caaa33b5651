"""Surveys what runs need in an AWS account: what exists, what setup would create, and what prevents that.

Setup only adds what is missing. What others made is never changed or deleted; of its own, only the role's policy is,
if an earlier version wrote it wider than it is now, and the user's earlier address in the security group.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import botocore.exceptions

from benchmarks.account import (
    bucket,
    bucket_policy,
    launch_template,
    own_rules,
    public_access,
    role,
    security_group,
)
from benchmarks.account.bucket import UPLOAD_RULE, Bucket
from benchmarks.account.role import TRUST, Role
from benchmarks.account.security_group import SSH_PORT
from benchmarks.account.target import Target
from benchmarks.aws import aws_errors, opt_in_regions
from benchmarks.aws.launch_templates import Template
from benchmarks.aws.opt_in_regions import refusing_in
from benchmarks.aws.optional_answers import DAMAGED, UNREADABLE
from benchmarks.aws.resource_names import NAME, RESULTS
from benchmarks.aws.session import AwsShape, Connect
from benchmarks.errors import FailedError
from benchmarks.runs.records import Need, Policy, SecurityGroup, Setup

# The needs that each part of Existing meets.
NEEDS_OF = {
    "security_group": ("security_group", "ssh_rule"),
    "role": ("role", "policy", "instance_profile"),
    "bucket": ("bucket", "upload_rule", "add_rule", "public_rule"),
    "launch_template": ("launch_template",),
}


@dataclass(frozen=True)
class Existing:
    """The resources found in the account, None for those that do not exist."""

    security_group: AwsShape | None = None
    role: Role = field(default_factory=Role)
    bucket: Bucket | None = None
    launch_template: Template | None = None


def find_existing(connect: Connect, target: Target) -> Existing:
    """Find what exists in the account.

    Raises RefusedError for a bucket of another owner, for a launch template that cannot be created, and if results are
    to be public where that is blocked, or where it would open the bucket by other statements too.
    """
    with refusing_in(connect, target.region):
        return Existing(**{part: find() for part, find in _finders(connect, target).items()})


@dataclass(frozen=True)
class Unseen:
    """Why a part of an account could not be found out, as a sentence, and whether only for want of a permission."""

    why: str
    is_denied: bool = False


def find_each(connect: Connect, target: Target) -> tuple[Existing, dict[str, Unseen]]:
    """The same, but a part that cannot be found out keeps no other from it: why not, by the part."""
    found: dict[str, Any] = {}
    unseen: dict[str, Unseen] = {}
    for part, find in _finders(connect, target).items():
        try:
            found[part] = find()
        except aws_errors.errors() as error:
            denied = isinstance(error, botocore.exceptions.ClientError) and aws_errors.is_denied(error)
            unseen[part] = Unseen(opt_in_regions.sentence(error, connect, target.region), denied)
        except DAMAGED:
            unseen[part] = Unseen(f"{UNREADABLE}: try again.")
    return Existing(**found), unseen


def _finders(connect: Connect, target: Target) -> dict[str, Callable[[], Any]]:
    """How to find each part of Existing."""
    return {
        "security_group": lambda: security_group.find(connect("ec2"), target.vpc),
        "role": lambda: _find_role(connect, target),
        "bucket": lambda: _find_bucket(connect, target),
        "launch_template": lambda: launch_template.find(connect("ec2"), target.launch_template, target.region),
    }


def _find_role(connect: Connect, target: Target) -> Role:
    return Role() if target.no_instance_profile else role.find(connect("iam"), target.partition, target.bucket)


def _find_bucket(connect: Connect, target: Target) -> Bucket | None:
    if target.public:
        public_access.refuse_blocked(connect, target.account)
    found = bucket.find(connect("s3"), target.bucket, target.account, target.region)
    if target.public and found and found.restricts_public and found.policy is not None:
        public_access.refuse_reopening(target.bucket, found.policy)
    return found


def survey(target: Target, found: Existing) -> Setup:
    """Everything that runs need and whether it exists, with notes on what exists."""
    group = found.security_group
    document = role.policy(target.partition, target.bucket)
    return Setup(
        **asdict(target),
        resource_name=NAME,
        tags=target.tags,
        policy=Policy(name=role.policy_name(target.bucket), document=document),
        trust=TRUST,
        bucket_statements=bucket_statements(target, found),
        instance_profile_arn=target.instance_profile_arn,
        security_group=SecurityGroup(id=group["GroupId"], description=group["Description"]) if group else None,
        outdated=outdated(target, found),
        needs=tuple(_needs(target, found)),
        notes=tuple(_notes(target, found)),
        has_profile=found.role.instance_profile is not None,
    )


def outdated(target: Target, found: Existing) -> tuple[str, ...]:
    """The user's earlier addresses that the security group still lets in, if the present one takes their place."""
    group = found.security_group
    if not group or not target.replaces_own:
        return ()
    return tuple(own_rules.outdated(group, target.rule_description, target.allow_from))


def bucket_statements(target: Target, found: Existing) -> tuple[AwsShape, ...]:
    """The statements that the bucket's policy should have."""
    role_arn = role.arn(found.role, target.partition, target.account)
    only_add = bucket_policy.only_add(target.partition, target.bucket, role_arn)
    return (only_add, bucket_policy.anyone_reads(target.partition, target.bucket)) if target.public else (only_add,)


def _needs(target: Target, found: Existing) -> Iterator[Need]:
    def need(name: str, text: str, exists: object) -> Need:
        return Need(name=name, text=text, exists=bool(exists))

    group, days = found.security_group, UPLOAD_RULE["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
    yield need("security_group", f"security group {NAME} in {target.vpc}", group)
    if target.allow_from:
        admitted = group and security_group.admits(group, target.allow_from)
        old = outdated(target, found)
        instead = f", replaces {', '.join(old)} (your earlier address{'es' if len(old) > 1 else ''})" if old else ""
        yield need("ssh_rule", f"its rule: SSH (TCP port {SSH_PORT}) from {target.allow_from}{instead}", admitted)
    if not target.no_instance_profile:
        yield need("role", f"IAM role {NAME}, for instances", found.role.role)
        allowed = found.role.policy and not role.is_too_wide(found.role.policy, target.partition, target.bucket)
        yield need("policy", f"its policy: put {RESULTS} into {target.bucket}", allowed)
        yield need("instance_profile", f"instance profile {NAME} with that role", found.role.of_profile)
    opened = bool(found.bucket and found.bucket.lets_anyone_read(target.partition))
    private = "" if target.public or opened else ", private"
    yield need("bucket", f"S3 bucket {target.bucket}{private}", found.bucket)
    aborted = found.bucket and found.bucket.aborts_uploads
    yield need("upload_rule", f"its rule: abort uploads left for {days} days", aborted)
    only_add, *_ = bucket_statements(target, found)
    restricted = found.bucket and found.bucket.has_rule(only_add)
    yield need("add_rule", f"its rule: instances only add {RESULTS}, never replace", restricted)
    if target.public:
        yield need("public_rule", f"its rule: anyone may read {RESULTS}", opened)
    yield need("launch_template", f"launch template {target.launch_template}", found.launch_template)


def wait_complete(
    connect: Connect, target: Target, timeout: float, sleep: Callable[[float], None] = time.sleep
) -> Setup:
    """Repeat the survey until nothing is missing, since AWS may not show new resources at once.

    Raises FailedError, which names what is missing, after `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    while (now := survey(target, find_existing(connect, target))).missing:
        if time.monotonic() > deadline:
            left = " and ".join(need.text for need in now.missing)
            raise FailedError(f"AWS does not show what was created after {timeout:.0f} seconds: {left}. Run it again.")
        sleep(1)
    return now


def _notes(target: Target, found: Existing) -> list[str]:
    """How existing resources differ from what setup would have created, where it matters, as sentences."""
    notes = []
    if target.private_subnet:
        notes.append(
            f"The subnet {target.private_subnet} gives instances no public address: "
            "you need a way of your own into its VPC."
        )
    if found.security_group:
        notes += security_group.notes(found.security_group, target.allow_from, outdated(target, found))
    missing = [need.name for need in _needs(target, found) if not need.exists]
    notes += role.notes(found.role, target.partition, target.bucket, missing)
    public = bool(found.bucket and found.bucket.lets_anyone_read(target.partition))
    if found.bucket:
        notes += bucket.notes(found.bucket, target.region, target.public or public)
    if target.public:
        notes.append(public_access.SHOWN.format(bucket=target.bucket))
    elif public:
        notes.append(public_access.TO_CLOSE.format(bucket=target.bucket))
    if found.launch_template:
        notes += launch_template.notes(
            found.launch_template, found.security_group, with_profile=not target.no_instance_profile
        )
    return notes
