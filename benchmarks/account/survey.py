"""Surveys what runs need in an AWS account: what exists, what setup would create, and what prevents that.

Setup only adds what is missing; it never changes or deletes what exists.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field

from benchmarks.account import bucket, launch_template, role, security_group
from benchmarks.account.bucket import UPLOAD_RULE, Bucket
from benchmarks.account.role import TRUST, Role
from benchmarks.account.security_group import SSH_PORT
from benchmarks.account.target import Target
from benchmarks.aws.launch_templates import METADATA_OPTIONS, Template
from benchmarks.aws.opt_in_regions import refusing_in
from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import AwsShape, Connect
from benchmarks.errors import FailedError
from benchmarks.runs.records import Need, Policy, SecurityGroup, Setup


@dataclass(frozen=True)
class Existing:
    """The resources found in the account, None for those that do not exist."""

    security_group: AwsShape | None = None
    role: Role = field(default_factory=Role)
    bucket: Bucket | None = None
    launch_template: Template | None = None


def find_existing(connect: Connect, target: Target) -> Existing:
    """Find what exists in the account.

    Raises RefusedError for a bucket of another owner, and for a launch template that cannot be created.
    """
    with refusing_in(connect, target.region):
        ec2 = connect("ec2")
        return Existing(
            security_group=security_group.find(ec2, target.vpc),
            role=role.find(connect("iam"), target.bucket),
            bucket=bucket.find(connect("s3"), target.bucket, target.account, target.region),
            launch_template=launch_template.find(ec2, target.launch_template, target.region),
        )


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
        instance_profile_arn=target.instance_profile_arn,
        metadata_options=METADATA_OPTIONS,
        security_group=SecurityGroup(id=group["GroupId"], description=group["Description"]) if group else None,
        needs=tuple(_needs(target, found)),
        notes=tuple(_notes(target, found)),
        has_profile=found.role.instance_profile is not None,
    )


def _needs(target: Target, found: Existing) -> Iterator[Need]:
    def need(name: str, text: str, exists: object) -> Need:
        return Need(name=name, text=text, exists=bool(exists))

    group, days = found.security_group, UPLOAD_RULE["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
    yield need("security_group", f"security group {NAME} in {target.vpc}", group)
    admitted = group and security_group.admits(group, target.allow_from)
    yield need("ssh_rule", f"its rule: SSH (TCP port {SSH_PORT}) from {target.allow_from}", admitted)
    yield need("role", f"IAM role {NAME}, for instances", found.role.role)
    yield need("policy", f"its policy: put objects into {target.bucket}", found.role.policy)
    yield need("instance_profile", f"instance profile {NAME} with that role", found.role.of_profile)
    yield need("bucket", f"S3 bucket {target.bucket}, private", found.bucket)
    aborted = found.bucket and found.bucket.aborts_uploads
    yield need("upload_rule", f"its rule: abort uploads left for {days} days", aborted)
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
        notes += security_group.notes(found.security_group, target.allow_from)
    notes += role.notes(found.role, target.partition, target.bucket)
    if found.bucket:
        notes += bucket.notes(found.bucket, target.region)
    if found.launch_template:
        notes += launch_template.notes(found.launch_template, found.security_group)
    return notes
