"""What runs need in an AWS account: what there is of it, what setup would create, and what stands against that.

What is there is kept as it is: setup adds, and never takes away.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.account import bucket, launch_template, role, security_group
from benchmarks.account.bucket import UPLOAD_RULE, Bucket
from benchmarks.account.role import TRUST, Role
from benchmarks.account.security_group import SSH_PORT
from benchmarks.account.target import Target
from benchmarks.aws.aws_errors import refusing
from benchmarks.aws.launch_templates import Template
from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import Connect
from benchmarks.errors import FailedError


@dataclass(frozen=True)
class Found:
    """What AWS answered, None for what there is not."""

    security_group: Mapping[str, Any] | None = None
    role: Role = field(default_factory=Role)
    bucket: Bucket | None = None
    launch_template: Template | None = None


@dataclass(frozen=True)
class Part:
    """One thing that runs need, and whether it is there."""

    name: str
    text: str
    there: bool


def look(connect: Connect, target: Target) -> Found:
    """What there is in the account.

    Raises RefusedError for a bucket of another owner, and for a launch template that cannot be created.
    """
    with refusing():
        ec2 = connect("ec2")
        return Found(
            security_group=security_group.find(ec2, target.vpc),
            role=role.find(connect("iam"), target.bucket),
            bucket=bucket.find(connect("s3"), target.bucket, target.account, target.region),
            launch_template=launch_template.find(ec2, target.launch_template, target.region),
        )


def survey(target: Target, found: Found) -> dict[str, Any]:
    """All that runs need and whether it is there, what is missing, and what to know of the rest; as JSON."""
    group = found.security_group
    parts = (
        Part("security_group", f"security group {NAME} in {target.vpc}", bool(group)),
        Part(
            "ssh_rule",
            f"its rule: SSH (TCP port {SSH_PORT}) from {target.allow_from}",
            group is not None and security_group.admits(group, target.allow_from),
        ),
        Part("role", f"IAM role {NAME}, for instances", bool(found.role.role)),
        Part("policy", f"its policy: put objects into {target.bucket}", bool(found.role.policy)),
        Part("instance_profile", f"instance profile {NAME} with that role", bool(found.role.of_profile)),
        Part("bucket", f"S3 bucket {target.bucket}, private", bool(found.bucket)),
        Part(
            "upload_rule",
            f"its rule: abort uploads left for {UPLOAD_RULE['AbortIncompleteMultipartUpload']['DaysAfterInitiation']} "
            "days",
            found.bucket is not None and found.bucket.aborts_uploads,
        ),
        Part("launch_template", f"launch template {target.launch_template}", bool(found.launch_template)),
    )
    return {
        **asdict(target),
        "tags": target.tags,
        "policy": {
            "name": role.policy_name(target.bucket),
            "document": role.policy(target.partition, target.bucket),
        },
        "trust": TRUST,
        "instance_profile_arn": target.instance_profile_arn,
        "security_group": {"id": group["GroupId"], "description": group["Description"]} if group else None,
        "parts": [asdict(part) for part in parts],
        "missing": [part.name for part in parts if not part.there],
        "notes": _notes(target, found),
    }


def wait_complete(
    connect: Connect, target: Target, timeout: float, sleep: Callable[[float], None] = time.sleep
) -> dict[str, Any]:
    """The survey once nothing is missing any more: what was created just now may be missing from AWS's next answer.

    Raises FailedError with what still is when time runs out.
    """
    deadline = time.monotonic() + timeout
    while True:
        now = survey(target, look(connect, target))
        if not now["missing"]:
            return now
        if time.monotonic() > deadline:
            left = " and ".join(part["text"] for part in now["parts"] if not part["there"])
            raise FailedError(f"AWS does not show what was created after {timeout:.0f} seconds: {left}. Run it again.")
        sleep(1)


def _notes(target: Target, found: Found) -> list[str]:
    """What is there and differs from what setup would have created, where it matters."""
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
