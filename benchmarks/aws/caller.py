"""The AWS caller's name, for the owner tag of instances."""

from __future__ import annotations

from benchmarks.aws.session import AwsShape, Connect


def name(connect: Connect) -> str:
    """The caller's name in their AWS account: the last part of the ARN, such as `alice` or a role's session name."""
    return of(connect("sts").get_caller_identity())


def of(identity: AwsShape) -> str:
    """The same from an answer of GetCallerIdentity."""
    return str(identity["Arn"]).rpartition("/")[2].rpartition(":")[2]
