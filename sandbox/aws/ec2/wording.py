"""Small differences between moto and EC2 in error messages and checks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from sandbox.aws.ec2.instance_states import Fleet
from sandbox.aws.protocol import AwsError, Backend, Call, Reply

# A Python set inside one of EC2's messages.
SET = re.compile(rb"'?\{((?:'|&#x27;|&apos;)[^{}]*)\}'?")
QUOTE = re.compile(rb"'|&#x27;|&apos;")


def plain_errors(reply: Reply) -> Reply:
    """An error reply without Python syntax in its message."""
    if reply.ok or b"{" not in reply.body:
        return reply
    body = SET.sub(lambda found: b"'" + QUOTE.sub(b"", found[1]) + b"'", reply.body)
    return replace(reply, body=body)


def delete_group(fleet: Fleet, moto: Backend) -> Callable[[Call], Reply]:
    """DeleteSecurityGroup: a group that an instance, an interface or a rule of another group uses cannot be deleted.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
    """

    def delete(call: Call) -> Reply:
        fleet.refresh()
        group = call.parameters.get("GroupId") or call.parameters.get("GroupName", "")
        if fleet.ec2(call.region).users_of_group(group):
            raise AwsError("DependencyViolation", f"resource {group} has a dependent object")
        return moto(call)

    return delete


def describe_templates(fleet: Fleet, moto: Backend) -> Callable[[Call], Reply]:
    """DescribeLaunchTemplates: an unknown id is an error, as an unknown name is.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    """

    def describe(call: Call) -> Reply:
        known = fleet.ec2(call.region).template_ids()
        for identifier in call.parameters.get("LaunchTemplateIds", ()):
            if identifier not in known:
                raise AwsError(
                    "InvalidLaunchTemplateId.NotFound",
                    f"The specified launch template, with template ID {identifier}, does not exist.",
                )
        return moto(call)

    return describe
