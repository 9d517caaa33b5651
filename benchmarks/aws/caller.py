"""The AWS caller's name, for the owner tag of instances."""

from __future__ import annotations

import re

from benchmarks.aws.session import AwsShape, Connect


def name(connect: Connect) -> str:
    """The caller's name in their AWS account: the last part of the ARN, such as `alice` or a role's session name."""
    return of(connect("sts").get_caller_identity())


def of(identity: AwsShape) -> str:
    """The same from an answer of GetCallerIdentity."""
    return str(identity["Arn"]).rpartition("/")[2].rpartition(":")[2]


# What botocore calls a session of a role whose profile names none (`role_session_name`), anew each time:
# https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html#cli-configure-role-session-name
_GENERATED = re.compile(r":assumed-role/(?P<role>[^/]+)/botocore-session-\d+")


def role_of_generated(identity: AwsShape) -> str | None:
    """The role's name if that of its session was made up and tells nothing of who has it, else None."""
    found = _GENERATED.search(str(identity["Arn"]))
    return found["role"] if found else None
