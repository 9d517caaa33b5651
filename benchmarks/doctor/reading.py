"""Whether the AWS user may ask EC2 what a run asks, told by dry runs.

"If you have the required permissions, the error response is DryRunOperation. Otherwise, it is UnauthorizedOperation":
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from benchmarks.aws import aws_errors
from benchmarks.aws.session import Client, Connect
from benchmarks.doctor import refusals
from benchmarks.doctor.questions import Finding, Question, failed, ok

NEEDED = (
    "DescribeImages",
    "DescribeInstanceTypeOfferings",
    "DescribeInstanceTypes",
    "DescribeInstances",
    "DescribeLaunchTemplateVersions",
    "DescribeSubnets",
)
# What a run can do without, and what is then lacking.
OPTIONAL: Mapping[str, str] = {
    "DescribeInstanceCreditSpecifications": "the records of burstable instances lack their CPU credits",
    "DescribeRegions": "a region that is not enabled is taken for bad credentials",
    "DescribeSecurityGroups": "a group that shuts you out is noticed only when SSH does not answer",
    "DescribeSpotPriceHistory": "spot prices are unknown",
    "DescribeVolumes": "bench.terminate --expired finds no volumes",
}
# What an operation requires, or what keeps the answer small where an endpoint answers in spite of the dry run.
_NARROW: Mapping[str, Mapping[str, Any]] = {
    "DescribeImages": {"Owners": ["self"]},
    "DescribeLaunchTemplateVersions": {"Versions": ["$Default"]},
    "DescribeSpotPriceHistory": {"InstanceTypes": ["c5.large"], "ProductDescriptions": ["Linux/UNIX"]},
}


def questions(connect: Connect) -> list[Question]:
    return [
        Question("reading", lambda: refused(connect("ec2")), of_refused, needs=("credentials",)),
    ]


def refused(ec2: Client) -> dict[str, ClientError]:
    """The operations of EC2 that the user may not call, with EC2's refusals."""
    asked = {name: _refusal(ec2, name) for name in (*NEEDED, *OPTIONAL)}
    return {name: error for name, error in asked.items() if error}


def _refusal(ec2: Client, operation: str) -> ClientError | None:
    """How EC2 refuses an operation, None if it does not. Raises ClientError and BotoCoreError for the rest."""
    try:
        getattr(ec2, xform_name(operation))(**_NARROW.get(operation, {}), DryRun=True)
    except ClientError as error:
        if aws_errors.is_denied(error):
            return error
        # Any other objection comes from whoever may ask.
        if aws_errors.code(error) in aws_errors.CREDENTIAL_CODES:
            raise
    return None


def of_refused(operations: Mapping[str, ClientError]) -> Finding:
    needed = {f"ec2:{name}": error for name, error in operations.items() if name in NEEDED}
    if needed:
        return failed(refusals.told(needed, _lacks))
    without = "; ".join(f"without ec2:{name} {OPTIONAL[name]}" for name in operations if name in OPTIONAL)
    return ok(f"you may ask EC2 all that a run must know{f', but {without}' if without else ''}")


def _lacks(permissions: Sequence[str]) -> str:
    named = f"permission{'s' if len(permissions) > 1 else ''} {', '.join(permissions)}"
    return f"your AWS user lacks the {named}: ask for the policy in docs/iam-policy.md."
