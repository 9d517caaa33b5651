"""The places in which an instance may be launched: subnets, and the zones that they are in."""

from __future__ import annotations

from benchmarks.aws import subnets
from benchmarks.aws.launch_templates import Template
from benchmarks.aws.session import Client
from benchmarks.errors import RefusedError
from benchmarks.runs.records import Place


def choose(
    ec2: Client,
    wanted: str | None,
    template: Template,
    instance_type: str,
    region: str,
) -> tuple[Place, ...]:
    """The places to launch in, in the order to try them; a subnet of None means that of the template.

    Raises RefusedError if there is none.
    """
    if wanted and template.decides_network:
        raise RefusedError(
            f"The launch template {template.name} has network interfaces of its own, so subnet cannot be "
            f"given beside it."
        )
    zones = _zones(ec2, instance_type, region)
    if pinned := wanted or template.subnet:
        zone = subnets.find(ec2, pinned, region)["AvailabilityZone"]
        if zone not in zones:
            raise RefusedError(
                f"{instance_type} is not offered in {zone}, where the subnet {pinned} is: it is in {', '.join(zones)}."
            )
        return (Place(subnet=wanted, zone=zone),)
    if template.decides_network:
        return (Place(subnet=None, zone=template.zone),)
    found = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    if not found:
        raise subnets.no_default_vpc(region)
    allowed = [zone for zone in zones if template.zone in (None, zone)]
    fitting = sorted((s["AvailabilityZone"], s["SubnetId"]) for s in found if s["AvailabilityZone"] in allowed)
    if not fitting:
        limit = (
            f"the launch template {template.name} pins {template.zone}"
            if template.zone
            else "the default VPC has no subnet there"
        )
        raise RefusedError(f"{instance_type} is offered in {', '.join(zones)}, but {limit}: give --subnet.")
    return tuple(Place(subnet=subnet, zone=zone) for zone, subnet in fitting)


def _zones(ec2: Client, instance_type: str, region: str) -> list[str]:
    offers = ec2.describe_instance_type_offerings(
        LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": [instance_type]}]
    )["InstanceTypeOfferings"]
    if not offers:
        raise RefusedError(
            f"{instance_type} is not offered in {region}: choose another type, or another region by --region."
        )
    return sorted(offer["Location"] for offer in offers)
