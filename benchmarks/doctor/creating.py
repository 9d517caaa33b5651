"""Whether the AWS user may create what is missing, as far as EC2 tells by dry runs: S3 and IAM know none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from benchmarks.account.security_group import SSH_PORT
from benchmarks.aws import aws_errors, launch_templates
from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import Client, Connect
from benchmarks.doctor import refusals
from benchmarks.doctor.questions import Finding, Question, failed, ok
from benchmarks.runs.records import Setup


def question(connect: Connect, setup: Setup) -> Question:
    return Question("creating", lambda: refused(connect("ec2"), setup), of_refused, needs=("credentials",))


def refused(ec2: Client, setup: Setup) -> dict[str, ClientError]:
    """The operations for what is missing that EC2 refuses to the user, with its refusals.

    Raises ClientError and BotoCoreError.
    """
    lacking = {}
    for operation, parameters in _operations(setup):
        try:
            getattr(ec2, xform_name(operation))(**parameters, DryRun=True)
        except ClientError as error:
            if aws_errors.is_denied(error):
                lacking[operation] = error
            elif aws_errors.code(error) in aws_errors.CREDENTIAL_CODES:
                raise
    return lacking


def _operations(setup: Setup) -> Iterator[tuple[str, dict[str, Any]]]:
    """What EC2 will be asked to do, with the parameters that decide whether it may be.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    """
    missing = {need.name for need in setup.missing}
    group = setup.security_group
    if "security_group" in missing:
        described = {"GroupName": NAME, "Description": "SSH", "VpcId": setup.vpc}
        yield "CreateSecurityGroup", described
    if group and "ssh_rule" in missing:
        yield "AuthorizeSecurityGroupIngress", {"GroupId": group.id, "IpPermissions": [_rule(setup.allow_from)]}
    if group and setup.outdated:
        yield "RevokeSecurityGroupIngress", {"GroupId": group.id, "IpPermissions": [_rule(setup.outdated[0])]}
    if "launch_template" in missing:
        data = {"MetadataOptions": dict(launch_templates.METADATA_OPTIONS)}
        yield "CreateLaunchTemplate", {"LaunchTemplateName": setup.launch_template, "LaunchTemplateData": data}


def _rule(allowed: str) -> dict[str, Any]:
    ranges = {"Ipv6Ranges": [{"CidrIpv6": allowed}]} if ":" in allowed else {"IpRanges": [{"CidrIp": allowed}]}
    return {"IpProtocol": "tcp", "FromPort": SSH_PORT, "ToPort": SSH_PORT, **ranges}


def of_refused(operations: Mapping[str, ClientError]) -> Finding:
    if not operations:
        return ok("you may create in EC2 what is missing (dry runs; S3 and IAM know none)")
    return failed(refusals.told({f"ec2:{one}": error for one, error in operations.items()}, _lacks))


def _lacks(permissions: Sequence[str]) -> str:
    return (
        f"your AWS user may not create what is missing (it lacks {', '.join(permissions)}): ask for the first policy "
        f"in docs/iam-policy.md, or have somebody who has it run this with --yes."
    )
