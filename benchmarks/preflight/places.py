"""The places in which an instance may be launched: subnets, and the zones that they are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.aws import network_interfaces, subnets
from benchmarks.aws.aws_errors import optional
from benchmarks.aws.launch_templates import Template
from benchmarks.aws.session import AwsShape, Client
from benchmarks.errors import RefusedError
from benchmarks.runs.records import Place


@dataclass(frozen=True)
class Choice:
    """The places to launch in, in the order to try them, and what is known of their subnets, as from DescribeSubnets.

    A place's subnet of None means that of the template. `interface` is what a launch requests in each of the subnets,
    None unless the template has a network interface that is moved. `warnings` are sentences about these places.
    """

    places: tuple[Place, ...]
    subnets: tuple[AwsShape, ...]
    interface: AwsShape | None = None
    warnings: tuple[str, ...] = ()


def choose(ec2: Client, wanted: str | None, template: Template, instance_type: str, region: str) -> Choice:
    """Where to launch: in the subnet `wanted`, in the template's, or else in those of the default VPC.

    Raises RefusedError if there is no such place.
    """
    fixed = network_interfaces.fixed(template)
    if wanted and fixed:
        raise RefusedError(
            f"The launch template {template.name} {fixed}, so that the instance cannot be moved to {wanted}: leave "
            f"out --subnet, or make a version of the template without that."
        )
    offered = _Offered(instance_type, region, tuple(_zones(ec2, instance_type, region)))
    interface = network_interfaces.movable(template)
    if wanted:
        subnet = _named(ec2, wanted, template, offered)
        told = _group_warnings(ec2, template, [subnet], f"The subnet {wanted}")
        return Choice((Place(subnet=wanted, zone=subnet["AvailabilityZone"]),), (subnet,), interface, told)
    if template.subnet:
        subnet = _named(ec2, template.subnet, template, offered)
        told = _group_warnings(ec2, template, [subnet], f"The subnet {template.subnet}")
        return Choice((Place(subnet=None, zone=subnet["AvailabilityZone"]),), (subnet,), warnings=told)
    if fixed:
        return Choice((Place(subnet=None, zone=template.zone),), ())
    found = _of_default_vpc(ec2, template, offered)
    told = _group_warnings(ec2, template, found, "Without --subnet the run")
    return replace(_in_order(found), interface=interface, warnings=told)


@dataclass(frozen=True)
class _Offered:
    """An instance type in a region, and the zones that offer it."""

    name: str
    region: str
    zones: tuple[str, ...]


def _named(ec2: Client, wanted: str, template: Template, offered: _Offered) -> AwsShape:
    """The subnet with this id. Raises RefusedError if the launch is not possible there."""
    subnet = subnets.find(ec2, wanted, offered.region)
    subnets.check_ipv4(subnet)
    if (zone := subnet["AvailabilityZone"]) not in offered.zones:
        raise RefusedError(
            f"{offered.name} is not offered in {zone}, where the subnet {wanted} is: give a "
            f"subnet in {', '.join(offered.zones)}, or choose another type."
        )
    if not _pinned_by(template, subnet):
        raise RefusedError(
            f"The subnet {wanted} is in {zone}, but the launch template {template.name} pins {_pin(template)}: give a "
            f"subnet that is there, or leave the zone out of the template."
        )
    return subnet


def _of_default_vpc(ec2: Client, template: Template, offered: _Offered) -> list[AwsShape]:
    """The default subnets in which a launch is possible. Raises RefusedError if there is none."""
    found = subnets.of_default_vpc(ec2)
    if not found:
        raise subnets.no_default_vpc(offered.region)
    fitting = [one for one in found if one["AvailabilityZone"] in offered.zones and _pinned_by(template, one)]
    if not fitting:
        pin = _pin(template)
        limit = f"the launch template {template.name} pins {pin}" if pin else "the default VPC has no subnet there"
        raise RefusedError(f"{offered.name} is offered in {', '.join(offered.zones)}, but {limit}: give --subnet.")
    return fitting


def _group_warnings(ec2: Client, template: Template, found: Sequence[AwsShape], what: str) -> tuple[str, ...]:
    """Warnings of security groups of the template that are of another VPC than the subnets, as far as is known.

    EC2 takes such a group only if it is associated with the subnet's VPC, of the same region. EC2's dry run decides:
    to ask for associations would need one more permission.
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html
    """
    if not (ids := template.group_ids):
        return ()
    described = optional(lambda: ec2.describe_security_groups(Filters=[{"Name": "group-id", "Values": ids}]))
    groups = (described or {}).get("SecurityGroups", [])
    vpcs = {one["VpcId"] for one in found if one.get("VpcId")}
    if others := {one["GroupId"]: one["VpcId"] for one in groups if one.get("VpcId") and one["VpcId"] not in vpcs}:
        theirs = ", ".join(dict.fromkeys(others.values()))
        return (
            f"{what} is in the VPC {', '.join(sorted(vpcs))}, but the launch template {template.name} has the security "
            f"group {', '.join(others)} of {theirs}, which EC2 takes only if it is associated with that VPC: if the "
            f"launch is refused, give a subnet of {theirs} by --subnet, or another template.",
        )
    return ()


def _pin(template: Template) -> str | None:
    return template.zone or template.zone_id


def _pinned_by(template: Template, subnet: AwsShape) -> bool:
    """Whether a subnet is in the zone that the template pins, by name or id."""
    named = template.zone in (None, subnet["AvailabilityZone"])
    return named and template.zone_id in (None, subnet.get("AvailabilityZoneId"))


def _in_order(found: Sequence[AwsShape]) -> Choice:
    """Subnets by zone, those without a free address last: one may become free until the launch."""
    ordered = sorted(
        found, key=lambda one: (one.get("AvailableIpAddressCount") == 0, one["AvailabilityZone"], one["SubnetId"])
    )
    usable = [one for one in ordered if subnets.has_ipv4(one)]
    if not usable:
        subnets.check_ipv4(ordered[0])
    return Choice(tuple(Place(subnet=one["SubnetId"], zone=one["AvailabilityZone"]) for one in usable), tuple(usable))


def _zones(ec2: Client, instance_type: str, region: str) -> list[str]:
    offers = ec2.describe_instance_type_offerings(
        LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": [instance_type]}]
    )["InstanceTypeOfferings"]
    if not offers:
        raise RefusedError(
            f"{instance_type} is not offered in {region}: choose another type, or another region by --region."
        )
    return sorted(offer["Location"] for offer in offers)
