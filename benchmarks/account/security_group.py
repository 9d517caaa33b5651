"""The security group of instances, and the address ranges that it allows for SSH."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection

from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import AwsShape, Client

SSH_PORT = 22
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def find(ec2: Client, vpc: str) -> AwsShape | None:
    """The security group for runs in a VPC, from DescribeSecurityGroups; None if there is none."""
    filters = [{"Name": "group-name", "Values": [NAME]}, {"Name": "vpc-id", "Values": [vpc]}]
    groups = ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    return groups[0] if groups else None


def ssh_ranges(group: AwsShape, port: int = SSH_PORT) -> list[Network]:
    """The address ranges from which a security group allows SSH."""
    return [
        ipaddress.ip_network(cidr)
        for rule in _ssh_rules(group, port)
        for cidr in [*(r["CidrIp"] for r in rule["IpRanges"]), *(r["CidrIpv6"] for r in rule.get("Ipv6Ranges", []))]
    ]


def _ssh_rules(group: AwsShape, port: int) -> list[AwsShape]:
    return [
        rule
        for rule in group["IpPermissions"]
        if rule["IpProtocol"] == "-1" or (rule["IpProtocol"] == "tcp" and rule["FromPort"] <= port <= rule["ToPort"])
    ]


def admits(group: AwsShape, source: str, port: int = SSH_PORT) -> bool:
    """Whether a security group allows SSH from the whole range `source`."""
    wanted = ipaddress.ip_network(source)
    return any(covers(network, wanted) for network in ssh_ranges(group, port))


def admits_by_reference(group: AwsShape, port: int = SSH_PORT) -> bool:
    """Whether a security group allows SSH from a prefix list or another group, so that its addresses are not known.

    Its own members do not count: every default group admits those.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
    """
    return any(
        rule.get("PrefixListIds")
        or any(pair.get("GroupId") != group["GroupId"] for pair in rule.get("UserIdGroupPairs", []))
        for rule in _ssh_rules(group, port)
    )


def covers(network: Network, other: Network) -> bool:
    """Whether all addresses of `other` are in `network`."""
    return network.version == other.version and other.subnet_of(network)  # type: ignore[arg-type]


def rules_for_ssh_alone(group: AwsShape) -> list[AwsShape]:
    """The rules of a group that let in by SSH and by nothing else."""
    return [
        rule
        for rule in group["IpPermissions"]
        if (rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort")) == ("tcp", SSH_PORT, SSH_PORT)
    ]


def notes(group: AwsShape, allow_from: str, outdated: Collection[str] = ()) -> list[str]:
    """From where a security group allows SSH besides `allow_from` and the ranges that it replaces, as sentences."""
    others = [network for network in ssh_ranges(group) if str(network) not in (allow_from, *outdated)]
    if any(network.prefixlen == 0 for network in others):
        return [f"The security group {NAME} is open to the whole Internet on port {SSH_PORT}: remove that rule."]
    if not others:
        return []
    return [f"The security group {NAME} also lets in {', '.join(map(str, others))} by SSH: remove what is not needed."]
