"""The places in which an instance may be launched: subnets, and the zones that they are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.aws import subnets
from benchmarks.aws.launch_templates import Template
from benchmarks.aws.session import AwsShape, Client
from benchmarks.errors import RefusedError
from benchmarks.runs.records import Place


@dataclass(frozen=True)
class Choice:
    """The places to launch in, in the order to try them, and what is known of their subnets, as from DescribeSubnets.

    A place's subnet of None means that of the template.
    """

    places: tuple[Place, ...]
    subnets: tuple[AwsShape, ...]


def choose(ec2: Client, wanted: str | None, template: Template, instance_type: str, region: str) -> Choice:
    """Where to launch: in the subnet `wanted`, in the template's, or else in those of the default VPC.

    Raises RefusedError if there is no such place.
    """
    if wanted and template.decides_network:
        raise RefusedError(
            f"The launch template {template.name} has network interfaces of its own, so subnet cannot be "
            f"given beside it."
        )
    zones = _zones(ec2, instance_type, region)
    if pinned := wanted or template.subnet:
        subnet = subnets.find(ec2, pinned, region)
        subnets.check_ipv4(subnet)
        if (zone := subnet["AvailabilityZone"]) not in zones:
            raise RefusedError(
                f"{instance_type} is not offered in {zone}, where the subnet {pinned} is: it is in {', '.join(zones)}."
            )
        return Choice((Place(subnet=wanted, zone=zone),), (subnet,))
    if template.decides_network:
        return Choice((Place(subnet=None, zone=template.zone),), ())
    found = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    if not found:
        raise subnets.no_default_vpc(region)
    fitting = [one for one in found if one["AvailabilityZone"] in zones and _pinned_by(template, one)]
    if not fitting:
        pin = template.zone or template.zone_id
        limit = f"the launch template {template.name} pins {pin}" if pin else "the default VPC has no subnet there"
        raise RefusedError(f"{instance_type} is offered in {', '.join(zones)}, but {limit}: give --subnet.")
    return _in_order(fitting)


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
