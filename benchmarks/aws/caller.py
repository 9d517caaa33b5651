"""The AWS caller: the name, for the owner tag of instances, and the account."""

from __future__ import annotations

import re

from benchmarks.aws import aws_errors
from benchmarks.aws.session import AwsShape, Connect

# What botocore calls a session of a role whose profile names none (`role_session_name`), anew each time:
# https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html#cli-configure-role-session-name
_GENERATED = re.compile(r":assumed-role/(?P<role>[^/]+)/botocore-session-\d+")


def name(connect: Connect) -> str:
    """The caller's name in their AWS account, such as `alice`, as `of` has it."""
    return of(connect("sts").get_caller_identity())


def of(identity: AwsShape) -> str:
    """The same from an answer of GetCallerIdentity: the last part of the ARN, the name of a user or a role's session.

    A session's made-up name is another each time, and its caller would not know their own instances by it later: theirs
    is that of the role.
    """
    arn = str(identity["Arn"])
    generated = _GENERATED.search(arn)
    return generated["role"] if generated else arn.rpartition("/")[2].rpartition(":")[2]


def account(connect: Connect, region: str) -> str | None:
    """The caller's account, None if STS cannot be asked in the region, as without a way to it from a closed network."""
    try:
        return str(connect("sts", region).get_caller_identity()["Account"])
    except aws_errors.errors():
        return None


def is_shared(identity: AwsShape) -> bool:
    """Whether the name is that of a role, since that of its session tells nothing of who has it."""
    return bool(_GENERATED.search(str(identity["Arn"])))
