"""Whether EC2 would accept a launch, and with what values. Changes nothing.

Errors follow https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, in the order in which a user
fixes them: what is launched, from what, where, with which access.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.aws import moto_repairs
from sandbox.aws.ec2 import cpu_options, credit_options, template_merge
from sandbox.aws.moto_repairs import Ec2
from sandbox.aws.protocol import AwsError

MAXIMUM_USER_DATA = 16384  # bytes, before base64
DEFAULT_TYPE = "m1.small"  # EC2's default if neither request nor template names a type
IMAGE_ID = re.compile(r"ami-([0-9a-f]{8}|[0-9a-f]{17})")


@dataclass(frozen=True)
class Plan:
    """A launch that EC2 would accept, with all values decided."""

    request: Mapping[str, Any]  # template and request merged
    type_facts: Mapping[str, Any]  # as DescribeInstanceTypes has them
    image: Mapping[str, Any]
    architecture: str
    cpu: cpu_options.Cpu
    subnets: Sequence[Mapping[str, Any]]  # candidates; the first with capacity is used
    groups: tuple[str, ...]  # ids
    public: bool | None  # None: as the subnet has it
    private_ip: str | None  # pinned by the launch
    profile: tuple[str, str, str | None] | None  # name, ARN and role's name
    metadata: Mapping[str, Any]
    devices: Sequence[Mapping[str, Any]]
    user_data: bytes
    public_keys: tuple[str, ...]
    shutdown_behavior: str
    spot: bool
    cpu_credits: str
    tenancy: str

    @property
    def instance_type(self) -> str:
        return str(self.type_facts["InstanceType"])


def plan(request: Mapping[str, Any], ec2: Ec2) -> Plan:
    """Check a launch (template and request merged, "resolve:ssm:" resolved). Raises AwsError."""
    facts = _type(request.get("InstanceType") or DEFAULT_TYPE, ec2)
    image = _image(request.get("ImageId"), ec2)
    architecture = _architecture(facts, image)
    interface = _interface(request)
    subnets = _subnets(request, interface, facts, ec2)
    spot = request.get("InstanceMarketOptions", {}).get("MarketType") == "spot"
    return Plan(
        request=request,
        type_facts=facts,
        image=image,
        architecture=architecture,
        cpu=cpu_options.chosen(facts, request.get("CpuOptions")),
        subnets=subnets,
        groups=_groups(request, interface, subnets[0], ec2),
        public=interface.get("AssociatePublicIpAddress"),
        private_ip=_private_ip(request, interface, subnets[0], ec2),
        profile=_profile(request.get("IamInstanceProfile"), ec2),
        metadata=_metadata(request.get("MetadataOptions", {}), image),
        devices=template_merge.devices_over(image["BlockDeviceMappings"], request.get("BlockDeviceMappings", ())),
        user_data=_user_data(request.get("UserData")),
        public_keys=_public_keys(request.get("KeyName"), ec2),
        shutdown_behavior=_shutdown_behavior(request, spot),
        spot=spot,
        cpu_credits=credit_options.chosen(facts, request.get("CreditSpecification")),
        tenancy=_tenancy(request.get("Placement", {}).get("Tenancy")),
    )


def _type(name: str, ec2: Ec2) -> Mapping[str, Any]:
    facts = moto_repairs.instance_type(name)
    if facts is None or not moto_repairs.offered(ec2.region, name):
        raise AwsError("InvalidParameterValue", f"Invalid value '{name}' for InstanceType.")
    return facts


def _image(image_id: str | None, ec2: Ec2) -> Mapping[str, Any]:
    if not image_id:
        raise AwsError("MissingParameter", "The request must contain the parameter ImageId")
    image = ec2.image(image_id)
    if image is None and not IMAGE_ID.fullmatch(image_id):
        raise AwsError("InvalidAMIID.Malformed", f'Invalid id: "{image_id}" (expecting "ami-...")')
    if image is None:
        raise AwsError("InvalidAMIID.NotFound", f"The image id '[{image_id}]' does not exist")
    if image["State"] != "available":
        raise AwsError("InvalidAMIID.Unavailable", f"The image ID '{image_id}' is not available")
    return image


def _architecture(facts: Mapping[str, Any], image: Mapping[str, Any]) -> str:
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ComponentsAMIs.html: an AMI's architecture is the type's."""
    supported = facts["ProcessorInfo"]["SupportedArchitectures"]
    wanted = str(image["Architecture"])
    if wanted not in supported:
        raise AwsError(
            "InvalidParameterValue",
            f"The architecture '{','.join(supported)}' of the specified instance type does not match the architecture "
            f"'{wanted}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, "
            "and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture "
            "of the instance type or AMI.",
        )
    return wanted


def _interface(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The primary network interface's specification; {} if the launch has none."""
    interfaces = request.get("NetworkInterfaces") or []
    if len(interfaces) > 1 or any("NetworkInterfaceId" in one for one in interfaces):
        raise AwsError("Unsupported", "This sandbox attaches one new network interface to an instance and no other.")
    first: Mapping[str, Any] = interfaces[0] if interfaces else {}
    if first and int(first.get("DeviceIndex", 0)) != 0:
        raise AwsError("InvalidParameterValue", "A launch needs a network interface with device index 0")
    return first


def _subnets(
    request: Mapping[str, Any], interface: Mapping[str, Any], facts: Mapping[str, Any], ec2: Ec2
) -> Sequence[Mapping[str, Any]]:
    """The subnets that a launch can use: the one it names, or the default subnets whose zones offer the type."""
    zone = request.get("Placement", {}).get("AvailabilityZone")
    everywhere = ec2.subnets()
    offering = moto_repairs.offered(ec2.region, facts["InstanceType"])
    if named := interface.get("SubnetId") or request.get("SubnetId"):
        found = [subnet for subnet in everywhere if subnet["SubnetId"] == named]
        if not found:
            raise AwsError("InvalidSubnetID.NotFound", f"The subnet ID '{named}' does not exist")
        if zone and found[0]["AvailabilityZone"] != zone:
            raise AwsError(
                "InvalidParameterValue",
                f"The availability zone '{zone}' does not match that of the subnet '{named}'",
            )
    else:
        found = [subnet for subnet in everywhere if subnet["DefaultForAz"]]
        if not found:
            raise AwsError(
                "VPCIdNotSpecified",
                "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.",
            )
        if zone:
            found = [subnet for subnet in found if subnet["AvailabilityZone"] == zone]
            if not found:
                raise AwsError("InvalidParameterValue", f"Invalid availability zone: [{zone}]")
    fitting = [subnet for subnet in found if subnet["AvailabilityZone"] in offering]
    if not fitting:
        raise AwsError(
            "Unsupported",
            f"Your requested instance type ({facts['InstanceType']}) is not supported in your requested Availability "
            f"Zone ({found[0]['AvailabilityZone']}). Please retry your request by not specifying an Availability Zone "
            f"or choosing {', '.join(offering)}.",
        )
    return fitting


def _groups(
    request: Mapping[str, Any], interface: Mapping[str, Any], subnet: Mapping[str, Any], ec2: Ec2
) -> tuple[str, ...]:
    """Ids of the groups the launch names, or the VPC's default group."""
    vpc = subnet["VpcId"]
    named = [
        *interface.get("Groups", ()),
        *request.get("SecurityGroupIds", ()),
        *request.get("SecurityGroups", ()),
    ] or ["default"]
    found: list[str] = []
    for name in named:
        group = ec2.security_group(name, vpc)
        if group is None and ec2.known_security_group(name):
            raise AwsError(
                "InvalidParameter",
                f"Security group {name} and subnet {subnet['SubnetId']} belong to different networks.",
            )
        if group is None:
            raise AwsError("InvalidGroup.NotFound", f"The security group '{name}' does not exist")
        found.append(group)
    return tuple(dict.fromkeys(found))


def _private_ip(
    request: Mapping[str, Any], interface: Mapping[str, Any], subnet: Mapping[str, Any], ec2: Ec2
) -> str | None:
    pinned = interface.get("PrivateIpAddress") or request.get("PrivateIpAddress")
    if not pinned:
        return None
    if ipaddress.ip_address(pinned) not in ipaddress.ip_network(subnet["CidrBlock"]):
        raise AwsError("InvalidParameterValue", f"Address {pinned} does not fall within the subnet's address range")
    if pinned in ec2.private_addresses(subnet["SubnetId"]):
        raise AwsError("InvalidIPAddress.InUse", f"Address {pinned} is in use.")
    return str(pinned)


def _profile(named: Mapping[str, Any] | None, ec2: Ec2) -> tuple[str, str, str | None] | None:
    if not named:
        return None
    name, arn = named.get("Name"), named.get("Arn")
    found = moto_repairs.instance_profile(ec2.account_id, name, arn)
    if found is None:
        raise no_profile(name, arn)
    return found


def no_profile(name: str | None, arn: str | None) -> AwsError:
    """EC2's error for an instance profile that it does not know, or does not know yet."""
    if name is not None:
        message = f"Value ({name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"
    else:
        message = f"Value ({arn}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN"
    return AwsError("InvalidParameterValue", message)


def _metadata(asked: Mapping[str, Any], image: Mapping[str, Any]) -> Mapping[str, Any]:
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html: an AMI that says
    "imds-support v2.0" makes tokens required and the hop limit 2, unless the launch says otherwise."""
    v2 = image["ImdsSupport"] == "v2.0"
    hops = int(asked.get("HttpPutResponseHopLimit") or (2 if v2 else 1))
    if not 1 <= hops <= 64:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({hops}) for parameter HttpPutResponseHopLimit is invalid. It must be between 1 and 64.",
        )
    return {
        "HttpTokens": asked.get("HttpTokens") or ("required" if v2 else "optional"),
        "HttpPutResponseHopLimit": hops,
        "HttpEndpoint": asked.get("HttpEndpoint") or "enabled",
        "HttpProtocolIpv6": asked.get("HttpProtocolIpv6") or "disabled",
        "InstanceMetadataTags": asked.get("InstanceMetadataTags") or "disabled",
    }


def _user_data(encoded: str | None) -> bytes:
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html: base64, 16 KB at most before encoding."""
    if not encoded:
        return b""
    try:
        data = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise AwsError("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.") from error
    if len(data) > MAXIMUM_USER_DATA:
        raise AwsError("InvalidParameterValue", f"User data is limited to {MAXIMUM_USER_DATA} bytes")
    return data


def _public_keys(name: str | None, ec2: Ec2) -> tuple[str, ...]:
    if not name:
        return ()
    key = ec2.public_key(name)
    if key is None:
        raise AwsError("InvalidKeyPair.NotFound", f"The key pair '{name}' does not exist")
    return (key,)


def _shutdown_behavior(request: Mapping[str, Any], spot: bool) -> str:
    behavior = str(request.get("InstanceInitiatedShutdownBehavior") or ("terminate" if spot else "stop"))
    if behavior not in {"stop", "terminate"}:
        raise AwsError("InvalidParameterValue", f"Invalid value '{behavior}' for InstanceInitiatedShutdownBehavior.")
    return behavior


def _tenancy(asked: str | None) -> str:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Placement.html"""
    tenancy = asked or "default"
    if tenancy == "host":
        raise AwsError("Unsupported", "This sandbox has no Dedicated Hosts.")
    if tenancy not in {"default", "dedicated"}:
        raise AwsError("InvalidParameterValue", f"Invalid value '{tenancy}' for tenancy.")
    return tenancy
