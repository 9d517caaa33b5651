"""The network interface that a launch template describes, and whether a launch may move it to another subnet.

RunInstances accepts no subnet and no security groups beside network interfaces:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
A launch that chooses the subnet therefore sends the template's interface itself, complete but for the subnet: that is
right whether EC2 replaces the template's list as a whole, as is documented of parameters, or by device index.
"""

from __future__ import annotations

from benchmarks.aws.launch_templates import Template
from benchmarks.aws.session import AwsShape
from benchmarks.errors import RefusedError

# What an interface may set and be moved; it has the same names and values in a template and in a request. All else, as
# an address, belongs to one subnet or is not known:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateInstanceNetworkInterfaceSpecification.html
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterfaceSpecification.html
MOVABLE = frozenset(
    {
        "AssociateCarrierIpAddress",
        "AssociatePublicIpAddress",
        "ConnectionTrackingSpecification",
        "DeleteOnTermination",
        "Description",
        "DeviceIndex",
        "EnaQueueCount",
        "EnaSrdSpecification",
        "Groups",
        "InterfaceType",
        "Ipv4PrefixCount",
        "Ipv6AddressCount",
        "Ipv6PrefixCount",
        "NetworkCardIndex",
        "PrimaryIpv6",
        "SecondaryPrivateIpAddressCount",
        "SubnetId",
    }
)

# What only one instance at a time can have:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateInstanceNetworkInterfaceSpecificationRequest.html
OF_ONE_INSTANCE = frozenset(
    {
        "Ipv4Prefixes",
        "Ipv6Addresses",
        "Ipv6Prefixes",
        "NetworkInterfaceId",
        "PrivateIpAddress",
        "PrivateIpAddresses",
    }
)


def fixed(template: Template) -> str | None:
    """Why a launch cannot move the template's network interfaces, as part of a sentence; None if it can."""
    interfaces = template.data.get("NetworkInterfaces") or []
    if len(interfaces) > 1:
        return f"has {len(interfaces)} network interfaces"
    if interfaces and not template.interface:
        return "has no primary network interface"
    if others := sorted(set(_given(template.interface)) - MOVABLE):
        return f"sets {', '.join(others)} of its network interface"
    return None


def refuse_several(template: Template) -> None:
    """Raises RefusedError if a template gives its instance what several cannot have."""
    interfaces = template.data.get("NetworkInterfaces") or []
    if pinned := sorted({name for interface in interfaces for name in _given(interface)} & OF_ONE_INSTANCE):
        raise RefusedError(
            f"The launch template {template.name} sets {', '.join(pinned)} of its network interface, which only one "
            "instance at a time can have: choose one instance, or make a version of the template without that."
        )


def movable(template: Template) -> AwsShape | None:
    """The template's network interface for a request, which has yet to be given its subnet; None if it has none."""
    if not template.decides_network:
        return None
    return {"DeviceIndex": 0, **{name: v for name, v in _given(template.interface).items() if name != "SubnetId"}}


def _given(interface: AwsShape) -> AwsShape:
    return {name: value for name, value in interface.items() if value not in (None, "", [], {})}
