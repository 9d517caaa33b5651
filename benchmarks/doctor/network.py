"""Whether instances will be reached: the VPC, its subnets, and the address from which SSH comes."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.account import security_group, target
from benchmarks.aws import ec2_endpoint, own_address
from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import AwsShape, Client, Connect
from benchmarks.doctor.questions import Finding, Question, failed, ok, unknown
from benchmarks.parameters.addresses import check_source_range
from benchmarks.runs.records import Values


@dataclass(frozen=True)
class Network:
    """A VPC and its subnets, from DescribeSubnets; `private` is the user's subnet if it gives no public address."""

    vpc: str
    private: str | None
    subnets: Sequence[AwsShape]


def questions(connect: Connect, parameters: Values, ask_own: Callable[[], str]) -> list[Question]:
    region, given = parameters["region"], parameters["allow_from"]
    return [
        Question(
            "vpc", lambda: _find(connect("ec2"), parameters["subnet"], region), of_network, needs=("credentials",)
        ),
        Question("address", lambda: check_source_range(given or ask_own()), of_range),
    ]


def _find(ec2: Client, subnet: str | None, region: str) -> Network:
    """Raises RefusedError if there is no VPC to use."""
    vpc, private = target.find_network(ec2, subnet, region)
    pages = ec2.get_paginator("describe_subnets").paginate(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    return Network(vpc, private, [one for page in pages for one in page["Subnets"]])


def of_network(network: Network) -> Finding:
    """https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html"""
    if network.private:
        return ok(f"{network.vpc}, whose subnet {network.private} gives instances no public address")
    public = [one for one in network.subnets if one.get("MapPublicIpOnLaunch")]
    if not public:
        return failed(
            f"no subnet of {network.vpc} gives instances a public address, by which they are reached: have one do "
            f"so by aws ec2 modify-subnet-attribute --map-public-ip-on-launch --subnet-id ID, or give another by "
            f"--subnet."
        )
    zones = len({one.get("AvailabilityZone") for one in public})
    return ok(f"{network.vpc}, with public subnets in {zones} zone{'s' if zones > 1 else ''}")


def of_range(allowed: str) -> Finding:
    return ok(f"SSH is to come from {allowed}")


def admission(
    ec2: Client, group: AwsShape, allow_from: str, ask_own: Callable[[], str | None] = own_address.if_known
) -> Question:
    """Whether the group lets in the user's own address, to be asked if another range was given."""
    is_aws = ec2_endpoint.is_aws(ec2.meta.endpoint_url)
    return Question(
        "admission", lambda: ask_own() if is_aws else None, lambda own: of_admission(group, allow_from, own)
    )


def of_admission(group: AwsShape, allow_from: str, own: str | None) -> Finding:
    """`own` is the user's public address as a range, None if it is not known or says nothing about this endpoint."""
    if own is None:
        return unknown("your own public address is not known here.")
    network, mine = ipaddress.ip_network(allow_from), ipaddress.ip_network(own)
    if security_group.covers(network, mine) or security_group.admits(group, own):
        return ok(f"your address {own} is let in by SSH")
    if network.is_private:
        return unknown(f"{allow_from} is private, so your public address says nothing.")
    if security_group.admits_by_reference(group):
        return unknown("the group also lets in addresses that other groups or lists name.")
    return failed(
        f"your address {own} is neither in {allow_from} nor let in by the security group {NAME}: leave out "
        f"--allow-from, or run this where runs will be started."
    )
