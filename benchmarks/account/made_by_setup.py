"""How what setup made is told from what was there before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from benchmarks.account import bucket_policy, role
from benchmarks.account.bucket import UPLOAD_RULE
from benchmarks.account.security_group import SSH_PORT, rules_for_ssh_alone
from benchmarks.aws import tags
from benchmarks.aws.session import AwsShape

# Written by roles/setup, which tags what it creates and never what exists.
TAGS = frozenset({tags.OWNER, tags.VERSION})
TEMPLATE_VERSION = "Made by benchmarks"  # the description of a launch template's version
SSH_RULE = ("SSH for ", " (benchmarks)")  # how the description of a rule begins and ends; between is its user's name
POLICY = role.POLICY
STATEMENTS = bucket_policy.SIDS  # the Sids of statements in a bucket's policy

_POLICY_OF_REGION = re.compile(rf"{POLICY}benchmarks-\d{{12}}-(?P<region>[a-z0-9-]+)")


def is_tagged(resource: AwsShape) -> bool:
    """Whether a resource from a Describe or Get call has setup's tags."""
    return tags.of(resource).keys() >= TAGS


def is_version(version: AwsShape) -> bool:
    """Whether a version of a launch template is setup's."""
    return version.get("VersionDescription") == TEMPLATE_VERSION


def ssh_permissions(group: AwsShape) -> list[AwsShape]:
    """The rules by which setup lets users in by SSH, in the form that RevokeSecurityGroupIngress takes.

    A rule is revoked by its values, without its description:
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
    """
    return [
        {"IpProtocol": "tcp", "FromPort": SSH_PORT, "ToPort": SSH_PORT, ranges: [{cidr: one[cidr]}]}
        for rule in rules_for_ssh_alone(group)
        for ranges, cidr in (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6"))
        for one in rule.get(ranges, [])
        if _is_rule_description(str(one.get("Description", "")))
    ]


def _is_rule_description(text: str) -> bool:
    begins, ends = SSH_RULE
    return text.startswith(begins) and text.endswith(ends) and len(text) > len(begins) + len(ends)


def cidrs(permissions: Sequence[AwsShape]) -> list[str]:
    """The address ranges of such rules."""
    return [
        str(one[cidr])
        for rule in permissions
        for ranges, cidr in (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6"))
        for one in rule.get(ranges, [])
    ]


def is_upload_rule(rule: AwsShape) -> bool:
    """Whether a lifecycle rule is setup's, unless a user has made it do more than that."""
    return rule.get("ID") == UPLOAD_RULE["ID"] and not rule.keys() - {*UPLOAD_RULE, "Prefix"}


def is_statement(statement: AwsShape) -> bool:
    """Whether a statement of a bucket's policy is setup's."""
    return statement.get("Sid") in STATEMENTS


def regions(policies: Sequence[str]) -> Iterator[str]:
    """The regions of the default buckets that policies of the role are for."""
    for name in policies:
        if found := _POLICY_OF_REGION.fullmatch(name):
            yield found["region"]
