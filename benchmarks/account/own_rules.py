"""The rules by which one user reaches instances, told from everybody else's by their description."""

from __future__ import annotations

import ipaddress
import re

import botocore.exceptions

from benchmarks.account import security_group
from benchmarks.account.made_by_setup import SSH_RULE
from benchmarks.account.security_group import SSH_PORT
from benchmarks.aws.aws_errors import code
from benchmarks.aws.session import AwsShape, Client

# What EC2 does not accept in a rule's description, and the longest that it does:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
_NOT_ALLOWED = re.compile(r"[^a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]")
LONGEST = 255


def description(owner: str) -> str:
    """The description of a user's rules, as EC2 accepts it. A name that is too long for one is cut."""
    begins, ends = SSH_RULE
    return f"{begins}{_NOT_ALLOWED.sub('-', owner)[: LONGEST - len(begins) - len(ends)]}{ends}"


def outdated(group: AwsShape, own: str, allow_from: str) -> list[str]:
    """The user's earlier addresses that a group still lets in by SSH, as /32 or /128 ranges.

    Those are single addresses, in rules for SSH alone whose description is exactly `own`. Wider ranges, rules of others
    and the present range stay; so does all if the present one is no single address of the same family, since it is then
    not known to replace anything.
    """
    present = ipaddress.ip_network(allow_from)
    if present.prefixlen != present.max_prefixlen:
        return []
    found = [ipaddress.ip_network(cidr) for cidr in _own(group, own)]
    return [
        str(one)
        for one in found
        if one.version == present.version and one.prefixlen == one.max_prefixlen and one != present
    ]


def _own(group: AwsShape, own: str) -> list[str]:
    """The ranges of the rules for SSH alone with this description."""
    rules = security_group.rules_for_ssh_alone(group)
    return [
        *(one["CidrIp"] for rule in rules for one in rule.get("IpRanges", []) if one.get("Description") == own),
        *(one["CidrIpv6"] for rule in rules for one in rule.get("Ipv6Ranges", []) if one.get("Description") == own),
    ]


def revoke_outdated(ec2: Client, vpc: str, own: str, allow_from: str, dry: bool = False) -> list[str]:
    """Take back the user's earlier addresses, once the group lets in the present one; return them.

    The group is looked at again, since another user may have changed it. With `dry` nothing is taken back, and what
    would be is returned. Raises ClientError.
    """
    group = security_group.find(ec2, vpc)
    if not group or not (dry or security_group.admits(group, allow_from)):
        return []
    old = outdated(group, own, allow_from)
    return old if dry else [one for one in old if _revoke(ec2, group["GroupId"], one)]


def _revoke(ec2: Client, group_id: str, address: str) -> bool:
    """Whether there still was a rule to take back. Its description need not be given, and is not.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
    """
    ranges = {"IpRanges": [{"CidrIp": address}]} if ":" not in address else {"Ipv6Ranges": [{"CidrIpv6": address}]}
    rule = {"IpProtocol": "tcp", "FromPort": SSH_PORT, "ToPort": SSH_PORT, **ranges}
    try:
        ec2.revoke_security_group_ingress(GroupId=group_id, IpPermissions=[rule])
    except botocore.exceptions.ClientError as error:
        if code(error) != "InvalidPermission.NotFound":
            raise
        return False
    return True
