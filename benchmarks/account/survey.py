"""What runs need in an AWS account: what there is of it, what setup would create, and what stands against that.

What is there is kept as it is: setup adds, and never takes away.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.account import bucket, launch_template, security_group
from benchmarks.account.bucket import UPLOAD_RULE, Bucket
from benchmarks.account.security_group import SSH_PORT
from benchmarks.account.target import NAME, TRUST, Target
from benchmarks.aws import aws_errors, launch_templates
from benchmarks.aws.aws_errors import refusing
from benchmarks.aws.session import Connect
from benchmarks.errors import FailedError


@dataclass(frozen=True)
class Found:
    """What AWS answered, None for what there is not."""

    security_group: Mapping[str, Any] | None = None
    role: Mapping[str, Any] | None = None
    policy: Mapping[str, Any] | None = None
    instance_profile: Mapping[str, Any] | None = None
    bucket: Bucket | None = None
    launch_template: launch_templates.Template | None = None


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
        ec2, iam = connect("ec2"), connect("iam")
        groups = ec2.describe_security_groups(
            Filters=[{"Name": "group-name", "Values": [NAME]}, {"Name": "vpc-id", "Values": [target.vpc]}]
        )["SecurityGroups"]
        return Found(
            security_group=groups[0] if groups else None,
            role=aws_errors.unless("NoSuchEntity", lambda: iam.get_role(RoleName=NAME)["Role"]),
            policy=aws_errors.unless(
                "NoSuchEntity",
                lambda: iam.get_role_policy(RoleName=NAME, PolicyName=target.policy_name)["PolicyDocument"],
            ),
            instance_profile=aws_errors.unless(
                "NoSuchEntity", lambda: iam.get_instance_profile(InstanceProfileName=NAME)["InstanceProfile"]
            ),
            bucket=bucket.bucket_of(connect("s3"), target),
            launch_template=launch_template.template_of(ec2, target),
        )


def survey(target: Target, found: Found) -> dict[str, Any]:
    """All that runs need and whether it is there, what is missing, and what to know of the rest; as JSON."""
    group, bucket = found.security_group, found.bucket
    admitted = group is not None and security_group.admits(group, target.allow_from)
    profile_roles = [role["RoleName"] for role in (found.instance_profile or {}).get("Roles", [])]
    days = UPLOAD_RULE["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
    parts = (
        Part("security_group", f"security group {NAME} in {target.vpc}", bool(group)),
        Part("ssh_rule", f"its rule: SSH (TCP port {SSH_PORT}) from {target.allow_from}", admitted),
        Part("role", f"IAM role {NAME}, for instances", bool(found.role)),
        Part("policy", f"its policy: put objects into {target.bucket}", bool(found.policy)),
        Part("instance_profile", f"instance profile {NAME} with that role", bool(profile_roles)),
        Part("bucket", f"S3 bucket {target.bucket}, private", bool(bucket)),
        Part(
            "upload_rule", f"its rule: abort uploads left for {days} days", bucket is not None and bucket.aborts_uploads
        ),
        Part("launch_template", f"launch template {target.launch_template}", bool(found.launch_template)),
    )
    return {
        **asdict(target),
        "tags": target.tags,
        "policy": {"name": target.policy_name, "document": target.policy},
        "trust": TRUST,
        "instance_profile_arn": target.instance_profile_arn,
        "security_group": {"id": group["GroupId"], "description": group["Description"]} if group else None,
        "parts": [asdict(part) for part in parts],
        "missing": [part.name for part in parts if not part.there],
        "notes": _notes(target, found, profile_roles),
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


def _notes(target: Target, found: Found, profile_roles: Sequence[str]) -> list[str]:
    """What is there and differs from what setup would have created, where it matters."""
    notes = []
    if target.private_subnet:
        notes.append(
            f"The subnet {target.private_subnet} gives instances no public address: "
            "you need a way of your own into its VPC."
        )
    if found.security_group:
        notes += security_group.notes_on_group(target, found.security_group)
    if found.role and "ec2.amazonaws.com" not in str(found.role.get("AssumeRolePolicyDocument")):
        notes.append(f"The role {NAME} does not trust ec2.amazonaws.com, so instances cannot use it.")
    if found.policy and found.policy != target.policy:
        notes.append(f"The policy {target.policy_name} of the role {NAME} is not as setup writes it; it is kept.")
    if profile_roles and profile_roles[0] != NAME:
        notes.append(f"The instance profile {NAME} has the role {profile_roles[0]}, not {NAME}.")
    if found.bucket:
        notes += bucket.notes_on_bucket(target, found.bucket)
    if found.launch_template:
        notes += notes_on_template(found)
    return notes


def notes_on_template(found: Found) -> list[str]:
    assert found.launch_template
    name, data = found.launch_template.name, found.launch_template.data
    groups = {*data.get("SecurityGroupIds", ()), *data.get("SecurityGroups", ())}
    groups |= {group for interface in data.get("NetworkInterfaces", ()) for group in interface.get("Groups", ())}
    own = {NAME, found.security_group["GroupId"]} if found.security_group else set()
    profile = data.get("IamInstanceProfile", {})
    again = f"to have a new one made: aws ec2 delete-launch-template --launch-template-name {name}, then setup again"
    notes = []
    if not groups & own:
        notes.append(
            f"The launch template {name} lacks this VPC's security group {NAME}, so SSH may be shut out; {again}."
        )
    if (profile.get("Name") or str(profile.get("Arn", "")).rpartition("/")[2]) != NAME:
        notes.append(
            f"The launch template {name} lacks the instance profile {NAME}, so instances cannot upload; {again}."
        )
    return notes
