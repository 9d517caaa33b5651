"""The AWS caller's name, for the owner tag of instances."""

from __future__ import annotations

from benchmarks.aws.session import Connect


def name(connect: Connect) -> str:
    """The caller's name in their AWS account: the last part of the ARN, such as `alice` or a role's session name."""
    return str(connect("sts").get_caller_identity()["Arn"]).rpartition("/")[2].rpartition(":")[2]
