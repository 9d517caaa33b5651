"""The IAM role of instances: its trust policy, its permissions and its instance profile."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from benchmarks.account import bucket_policy
from benchmarks.aws.aws_errors import unless
from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import AwsShape, Client
from benchmarks.text import escaped

SERVICE = "ec2.amazonaws.com"
TRUST: AwsShape = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"}],
}

_MISSING = "NoSuchEntity"
POLICY = "write-to-"  # how the name of a bucket's policy in the role begins


@dataclass(frozen=True)
class Role:
    """The role, its policy for a bucket and its instance profile, from IAM; None for what does not exist."""

    role: AwsShape | None = None
    policy: AwsShape | None = None
    instance_profile: AwsShape | None = None
    others: tuple[str, ...] = ()  # names of the role's policies that are not as setup writes them

    @property
    def of_profile(self) -> str | None:
        """The name of the role in the instance profile, None without one."""
        roles = (self.instance_profile or {}).get("Roles", [])
        return roles[0]["RoleName"] if roles else None


def policy_name(bucket: str) -> str:
    """The name of a bucket's policy in the role; the role serves all regions, and each region has its own bucket."""
    return f"{POLICY}{bucket}"


def policy(partition: str, bucket: str) -> AwsShape:
    """A policy that allows only to put results into the bucket."""
    return _policy(bucket_policy.results_of(partition, bucket))


def _policy(resource: str) -> AwsShape:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": resource}],
    }


def is_too_wide(found: AwsShape, partition: str, bucket: str) -> bool:
    """Whether a policy is the one that setup wrote before, for all objects of the bucket."""
    return found == _policy(f"arn:{partition}:s3:::{bucket}/*")


def arn(found: Role, partition: str, account: str) -> str:
    """The role's ARN, which has a path if somebody else has created it with one; the one it will have without it."""
    return str((found.role or {}).get("Arn") or f"arn:{partition}:iam::{account}:role/{NAME}")


def find(iam: Client, partition: str, bucket: str) -> Role:
    """Find the role, its policies and its instance profile. Raises ClientError."""
    role = unless(_MISSING, lambda: iam.get_role(RoleName=NAME)["Role"])
    return Role(
        role=role,
        policy=_document(iam, policy_name(bucket)),
        instance_profile=unless(
            _MISSING, lambda: iam.get_instance_profile(InstanceProfileName=NAME)["InstanceProfile"]
        ),
        others=(unless(_MISSING, lambda: _others(iam, partition)) or ()) if role else (),
    )


def _document(iam: Client, name: str) -> AwsShape | None:
    """An inline policy of the role, None if it has none of that name."""
    found: AwsShape | None = unless(
        _MISSING, lambda: iam.get_role_policy(RoleName=NAME, PolicyName=name)["PolicyDocument"]
    )
    return found


def _others(iam: Client, partition: str) -> tuple[str, ...]:
    """The role's policies that are not as setup writes them, for whatever bucket: instances get what they allow.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html
    """
    listed = iam.get_paginator("list_role_policies").paginate(RoleName=NAME)
    inline = [name for page in listed for name in page["PolicyNames"]]
    attached = iam.get_paginator("list_attached_role_policies").paginate(RoleName=NAME)
    return (
        *(one for one in inline if not _is_of_setup(iam, one, partition)),
        *(one["PolicyName"] for page in attached for one in page["AttachedPolicies"]),
    )


def _is_of_setup(iam: Client, name: str, partition: str) -> bool:
    document = _document(iam, name) if name.startswith(POLICY) else None
    return bool(document) and is_as_written(document or {}, partition, name.removeprefix(POLICY))


def is_as_written(found: AwsShape, partition: str, bucket: str) -> bool:
    """Whether a policy is as this or an earlier version of setup writes it."""
    return found == policy(partition, bucket) or is_too_wide(found, partition, bucket)


def refusal(found: Role, missing: Collection[str]) -> str:
    """Why setup does not hand the role to instances by what it would create, as a sentence; empty if it does.

    `missing` are the names of the needs that it would create. A role that is there may be allowed anything, and so
    would be the third-party code that is measured.
    """
    if found.of_profile not in (None, NAME) and "launch_template" in missing:
        return (
            f"The instance profile {NAME} has the role {found.of_profile}, not {NAME}, so that a launch template made "
            f"now would give instances all that this may do: take it out by aws iam remove-role-from-instance-profile "
            f"--instance-profile-name {NAME} --role-name {found.of_profile}, or give --no-instance-profile."
        )
    if found.others and not set(missing).isdisjoint(("instance_profile", "launch_template")):
        return (
            f"The role {NAME} also has {_policies(found.others)}, which setup did not write and every instance would "
            f"have: take {'it' if len(found.others) == 1 else 'them'} out by aws iam delete-role-policy or "
            f"detach-role-policy, or give --no-instance-profile."
        )
    return ""


def _policies(names: Sequence[str]) -> str:
    return f"the polic{'y' if len(names) == 1 else 'ies'} {', '.join(map(escaped, names))}"


def notes(found: Role, partition: str, bucket: str, missing: Collection[str] = ()) -> list[str]:
    """How the role differs from what setup would have created, as sentences, but for what refusal() says."""
    notes = []
    if found.role and SERVICE not in str(found.role.get("AssumeRolePolicyDocument")):
        notes.append(f"The role {NAME} does not trust {SERVICE}, so instances cannot use it.")
    if found.policy and not is_as_written(found.policy, partition, bucket):
        notes.append(f"The policy {policy_name(bucket)} of the role {NAME} is not as setup writes it; it is kept.")
    refused = refusal(found, missing)
    if found.of_profile not in (None, NAME) and not refused:
        notes.append(f"The instance profile {NAME} has the role {found.of_profile}, not {NAME}.")
    others = [name for name in found.others if name != policy_name(bucket)]
    if others and not refused:
        notes.append(
            f"The role {NAME} also has {_policies(others)}, which setup did not write: instances, and so the code that "
            "is measured, may do what that allows."
        )
    return notes
