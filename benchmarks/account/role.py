"""The IAM role of instances: its trust policy, its permissions and its instance profile."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.account import bucket_policy
from benchmarks.aws.aws_errors import unless
from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import AwsShape, Client

SERVICE = "ec2.amazonaws.com"
TRUST: AwsShape = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"}],
}


@dataclass(frozen=True)
class Role:
    """The role, its policy for a bucket and its instance profile, from IAM; None for what does not exist."""

    role: AwsShape | None = None
    policy: AwsShape | None = None
    instance_profile: AwsShape | None = None

    @property
    def of_profile(self) -> str | None:
        """The name of the role in the instance profile, None without one."""
        roles = (self.instance_profile or {}).get("Roles", [])
        return roles[0]["RoleName"] if roles else None


def policy_name(bucket: str) -> str:
    """The name of a bucket's policy in the role; the role serves all regions, and each region has its own bucket."""
    return f"write-to-{bucket}"


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


def find(iam: Client, bucket: str) -> Role:
    """Find the role, its policy and its instance profile."""
    missing = "NoSuchEntity"
    return Role(
        role=unless(missing, lambda: iam.get_role(RoleName=NAME)["Role"]),
        policy=unless(
            missing, lambda: iam.get_role_policy(RoleName=NAME, PolicyName=policy_name(bucket))["PolicyDocument"]
        ),
        instance_profile=unless(missing, lambda: iam.get_instance_profile(InstanceProfileName=NAME)["InstanceProfile"]),
    )


def notes(found: Role, partition: str, bucket: str) -> list[str]:
    """How the role differs from what setup would have created, as sentences."""
    notes = []
    if found.role and SERVICE not in str(found.role.get("AssumeRolePolicyDocument")):
        notes.append(f"The role {NAME} does not trust {SERVICE}, so instances cannot use it.")
    known = found.policy == policy(partition, bucket) or is_too_wide(found.policy or {}, partition, bucket)
    if found.policy and not known:
        notes.append(f"The policy {policy_name(bucket)} of the role {NAME} is not as setup writes it; it is kept.")
    if found.of_profile not in (None, NAME):
        notes.append(f"The instance profile {NAME} has the role {found.of_profile}, not {NAME}.")
    return notes
