"""The only code that touches moto's objects, for repairs impossible on requests and replies. Pinned to MOTO_VERSION.

moto answers most of EC2, S3, IAM, STS and SSM well. What it stores about an instance (state, addresses, CPU options)
can only be corrected in its own objects, so that its filters and pages see the corrected values. Everything here is
tested by tests/sandbox/aws/test_moto_repairs.py, which also fails if another version of moto is installed.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from moto.core.exceptions import ServiceException
from moto.ec2.models import ec2_backends
from moto.ec2.models.amis import Ami
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, INSTANCE_TYPES, InstanceType
from moto.ec2.utils import filter_dict_attribute_mapping
from moto.iam.access_control import PermissionResult
from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import FakeBucket, PublicAccessBlock, s3_backends
from moto.ssm.models import ssm_backends
from moto.sts.models import sts_backends

from sandbox.aws.ec2 import amis
from sandbox.aws.paging import fits
from sandbox.aws.protocol import AwsError, WSGIApplication
from sandbox.machine import Addresses

MOTO_VERSION = "5.2.5"

# Instance states and their codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html
STATE_CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}


# Filters of DescribeInstances that moto lacks, and the attribute of moto's instance that each one matches.
FILTERS = {
    "client-token": "client_token",
    "instance-lifecycle": "lifecycle",
    "metadata-options.http-tokens": "metadata_options.http_tokens",
    "root-device-name": "root_device_name",
    "virtualization-type": "virtualization_type",
}


def server() -> WSGIApplication:
    """moto's own server as a WSGI application. Its settings are read when an account is first used."""
    filter_dict_attribute_mapping.update(FILTERS)
    # moto reads bucket policies without their conditions. Who gets this far was let in by the sandbox's own reading.
    bucket: Any = FakeBucket
    bucket.get_permission = lambda *_: PermissionResult.PERMITTED
    image: Any = Ami
    image.platform_details = property(lambda self: amis.billed_as(self.name)[0])
    image.usage_operation = property(lambda self: amis.billed_as(self.name)[1])
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    os.environ.pop("MOTO_ACCOUNT_ID", None)
    application: WSGIApplication = DomainDispatcherApplication(create_backend_app)
    return application


class PublishedImage(Ami):
    """An AMI with the root device that its publisher gives it; moto has the same size and type for all."""

    ena_support = True
    imds_support = "v2.0"

    @property
    def block_device_mappings(self) -> list[dict[str, Any]]:
        return [
            {
                "DeviceName": self.root_device_name,
                "Ebs": {
                    "SnapshotId": self.ebs_snapshot.id,
                    "VolumeSize": amis.ROOT_GIB,
                    "VolumeType": "gp3",
                    "DeleteOnTermination": True,
                    "Encrypted": False,
                },
            }
        ]


_prepared: set[tuple[str, str]] = set()
_preparing = threading.Lock()


def prepare(account_id: str, region: str) -> None:
    """Add the sandbox's AMIs to an account's region when it is first used."""
    if (account_id, region) in _prepared:
        return
    with _preparing:
        if (account_id, region) in _prepared:
            return
        backend: Any = ec2_backends[account_id][region]
        for image in amis.catalog(account_id):
            identifier = image.identifier(region)
            backend.amis[identifier] = PublishedImage(
                backend,
                identifier,
                name=image.name,
                description=image.description,
                owner_id=image.owner_id,
                public=image.public,
                virtualization_type="hvm",
                architecture=image.architecture,
                creation_date=image.created,
                image_location=f"{image.owner_id}/{image.name}",
                hypervisor="xen",
                root_device_type="ebs",
                root_device_name="/dev/xvda",
                region_name=f"{region}a",
                boot_mode="uefi-preferred" if image.architecture == "x86_64" else "uefi",
            )
        _prepared.add((account_id, region))


class Ec2:
    """moto's data about EC2 in one account and region."""

    def __init__(self, account_id: str, region: str) -> None:
        self._backend: Any = ec2_backends[account_id][region]
        self.account_id = account_id
        self.region = region

    # Instances

    def _instance(self, instance_id: str) -> Any:
        found = self._backend.get_instance_by_id(instance_id)
        if found is None:
            raise AwsError("InvalidInstanceID.NotFound", f"The instance ID '{instance_id}' does not exist")
        return found

    def state(self, instance_id: str) -> str:
        """The instance's state by AWS's name. Raises AwsError if there is no such instance."""
        return str(self._instance(instance_id).state)

    def set_state(self, instance_id: str, state: str, code: str = "", message: str = "") -> None:
        """Set an instance's state, with AWS's code and message for the reason."""
        instance = self._instance(instance_id)
        instance._state.name = state
        instance._state.code = STATE_CODES[state]
        if state == "terminated":
            nic = instance.nics[0]
            nic.private_ip_address = nic.public_ip = None
        if code:
            instance.state_reason.code = code
            instance.state_reason.message = message

    def set_addresses(
        self, instance_id: str, addresses: Addresses, public: bool, private_ip: str | None = None
    ) -> None:
        """Show the addresses of an instance's machine, or the private address that its launch pinned."""
        nic = self._instance(instance_id).nics[0]
        nic.private_ip_address = private_ip or addresses.private_ip
        nic.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": nic.private_ip_address}]
        nic.private_dns_name = addresses.private_dns
        nic.public_ip_auto_assign = False
        nic.public_ip = addresses.public_ip if public else None
        nic.delete_on_termination = True

    def describe_as(self, instance_id: str, attributes: Mapping[str, Any]) -> None:
        """Set what DescribeInstances shows of an instance, by moto's attribute names."""
        instance = self._instance(instance_id)
        for name, value in attributes.items():
            setattr(instance, name, value)

    def place(self, instance_id: str, zone_id: str, tenancy: str) -> None:
        """Show the id of an instance's zone, which moto leaves out, and its tenancy, which moto ignores."""
        placement = self._instance(instance_id).placement
        placement.availability_zone_id = zone_id
        placement.tenancy = tenancy

    def cpu_credits(self, instance_id: str) -> str:
        """The credit option that the launch of an instance chose. Raises AwsError if there is no such instance."""
        return str(self._instance(instance_id).cpu_credits)

    def associate_profile(self, instance_id: str, arn: str) -> None:
        """Attach an instance profile."""
        self._backend.associate_iam_instance_profile(instance_id=instance_id, iam_instance_profile_arn=arn)

    def private_addresses(self, subnet_id: str) -> frozenset[str]:
        """The private addresses that a subnet's instances have."""
        return frozenset(
            str(nic.private_ip_address)
            for instance in self._backend.all_instances()
            if instance.state != "terminated"
            for nic in instance.nics.values()
            if nic.subnet.id == subnet_id
        )

    def tag(self, resource_id: str, tags: Mapping[str, str]) -> None:
        """Tag an instance, including tags that only AWS may set (aws:…)."""
        self._instance(resource_id).add_tags(dict(tags))

    def tags(self, instance_id: str) -> dict[str, str]:
        return {tag["key"]: tag["value"] for tag in self._instance(instance_id).get_tags()}

    def forget(self, instance_id: str) -> None:
        """Forget a terminated instance."""
        for reservation in list(self._backend.reservations.values()):
            reservation.instances = [one for one in reservation.instances if one.id != instance_id]
            if not reservation.instances:
                self._backend.reservations.pop(reservation.id, None)

    # What a launch refers to

    def image(self, image_id: str) -> dict[str, Any] | None:
        """An AMI's facts, or None."""
        ami = self._backend.amis.get(image_id)
        if ami is None:
            return None
        return {
            "ImageId": ami.id,
            "Name": ami.name or "",
            "OwnerId": ami.owner_id,
            "Architecture": ami.architecture,
            "RootDeviceName": ami.root_device_name,
            "BlockDeviceMappings": ami.block_device_mappings,
            "State": ami.state,
            "ImdsSupport": getattr(ami, "imds_support", None),
        }

    def public_key(self, name: str) -> str | None:
        """A key pair's public key in OpenSSH's format, or None."""
        pair = self._backend.key_pairs.get(name)
        return None if pair is None else str(pair.public_key).strip()

    def subnets(self) -> list[dict[str, Any]]:
        """All subnets, the default ones first."""
        found = [
            {
                "SubnetId": subnet.id,
                "VpcId": subnet.vpc_id,
                "AvailabilityZone": subnet.availability_zone,
                "AvailabilityZoneId": subnet.availability_zone_id,
                "CidrBlock": subnet.cidr_block,
                "DefaultForAz": str(subnet.default_for_az).lower() == "true",
                "MapPublicIpOnLaunch": str(subnet.map_public_ip_on_launch).lower() == "true",
            }
            for subnet in self._backend.describe_subnets()
        ]
        return sorted(found, key=lambda subnet: (not subnet["DefaultForAz"], subnet["AvailabilityZone"]))

    def security_group(self, name_or_id: str, vpc_id: str) -> str | None:
        """The id of a VPC's security group, found by id or by name, or None."""
        groups: Mapping[str, Any] = self._backend.groups.get(vpc_id, {})
        return next((group.id for group in groups.values() if name_or_id in (group.id, group.name)), None)

    def known_security_group(self, group_id: str) -> bool:
        return any(group_id in groups for groups in self._backend.groups.values())

    def users_of_group(self, group: str) -> Sequence[str]:
        """What keeps a security group, named by id or by name, from being deleted.

        Instances that are not yet terminated, network interfaces without an instance, and groups with a rule for it.
        """

        def is_it(other: Any) -> bool:
            return group in (other.id, other.name)

        instances = [one for one in self._backend.all_instances() if one.state != "terminated"]
        interfaces = [one for one in self._backend.enis.values() if not one.instance]
        groups = [one for groups in self._backend.groups.values() for one in groups.values() if not is_it(one)]
        return [
            *(str(one.id) for one in instances if any(map(is_it, one.security_groups))),
            *(str(one.id) for one in interfaces if any(map(is_it, one.group_set))),
            *(
                str(one.id)
                for one in groups
                if any(group in (rule.source_group or {}).values() for rule in [*one.ingress_rules, *one.egress_rules])
            ),
        ]

    def template_ids(self) -> frozenset[str]:
        return frozenset(self._backend.launch_templates)

    def template_id(self, name: str) -> str | None:
        """The id of the launch template of a name, or None."""
        found: str | None = self._backend.launch_template_name_to_ids.get(name)
        return found

    def group_ids(self, name: str) -> tuple[str, ...]:
        """The ids of the security groups of a name; each VPC may have one."""
        groups = (group for of_vpc in self._backend.groups.values() for group in of_vpc.values())
        return tuple(str(group.id) for group in groups if group.name == name)

    def resource_tags(self, resource_id: str) -> dict[str, str]:
        """The tags of anything with an id, {} for what does not exist."""
        return dict(self._backend.tags.get(resource_id, {}))

    def group_names(self, group_ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(self._backend.get_security_group_from_id(group_id).name for group_id in group_ids)

    def metadata_options(self, instance_id: str) -> tuple[str, int, bool]:
        """An instance's HttpTokens, hop limit, and whether its metadata shows its tags."""
        options = self._instance(instance_id).metadata_options
        hops = int(options.http_put_response_hop_limit or 1)
        return str(options.http_tokens or "optional"), hops, options.instance_metadata_tags == "enabled"

    def shutdown_behavior(self, instance_id: str) -> str:
        return str(self._instance(instance_id).instance_initiated_shutdown_behavior)

    def profile(self, instance_id: str) -> str | None:
        """The ARN of the instance profile that an instance has, or None."""
        found = self._instance(instance_id).iam_instance_profile
        return str(found["Arn"]) if found else None

    def instance_groups(self, instance_id: str) -> tuple[str, ...]:
        """The ids of an instance's security groups."""
        return tuple(group.id for group in self._instance(instance_id).security_groups)

    def ingress(self, group_ids: Iterable[str]) -> list[tuple[str, int, int, str]]:
        """The groups' inbound rules by address as (protocol, first port, last port, CIDR)."""
        rules: list[tuple[str, int, int, str]] = []
        for group_id in group_ids:
            group = self._backend.get_security_group_from_id(group_id)
            for rule in group.ingress_rules if group else ():
                cidr = rule.cidr_ipv4 or rule.cidr_ipv6
                if cidr:
                    first = 0 if rule.from_port is None else rule.from_port
                    last = 65535 if rule.to_port is None else rule.to_port
                    rules.append((str(rule.ip_protocol), first, last, cidr))
        return rules

    def template(self, named: Mapping[str, Any]) -> tuple[str, int, dict[str, Any]]:
        """A launch template's id, version number and data, by a LaunchTemplateSpecification. Raises AwsError."""
        try:
            if identifier := named.get("LaunchTemplateId"):
                template = self._backend.get_launch_template(identifier)
            else:
                template = self._backend.get_launch_template_by_name(named.get("LaunchTemplateName", ""))
            version = template.get_version(named.get("Version") or "$Default")
        except ServiceException as error:
            raise AwsError(str(error.code), str(error.message)) from error
        except ValueError as error:
            raise AwsError(
                "InvalidParameterValue", f"Invalid value '{named['Version']}' for launch template version."
            ) from error
        return template.id, version.number, _plain(version.data)

    def take_own_tags_out(self, template_name: str) -> None:
        """Remove from a new template's data the tags of the template itself, which moto adds there."""
        data = self._backend.get_launch_template_by_name(template_name).get_version("$Latest").data
        others = [one for one in data.pop("TagSpecifications", ()) if one.get("ResourceType") != "launch-template"]
        if others:
            data["TagSpecifications"] = others

    def ssm_parameter(self, name: str) -> str:
        """An SSM parameter's value, by "name" or "name:version". Raises AwsError."""
        try:
            found: Any = ssm_backends[self.account_id][self.region].get_parameter(name)
        except ServiceException:
            found = None
        if found is None:
            raise AwsError("InvalidParameterValue", f"The SSM parameter '{name}' does not exist.")
        return str(found.value)


class Buckets:
    """moto's data about an account's buckets."""

    def __init__(self, account_id: str) -> None:
        self._backend: Any = s3_backends[account_id]["aws"]

    def exists(self, bucket: str) -> bool:
        return bucket in self._backend.buckets

    def begin(self, bucket: str, ownership: str) -> None:
        """Set a new bucket's defaults: no ACLs, no public access, encryption at rest."""
        new = self._backend.buckets[bucket]
        new.ownership_rule = ownership
        new.public_access_block = PublicAccessBlock(True, True, True, True)
        default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
        new.encryption = {"Rule": default}

    def end(self, bucket: str) -> None:
        """Forget a deleted bucket's tags, which moto would give to the next bucket of this name."""
        self._backend.tagger.delete_all_tags_for_resource(f"arn:aws:s3:::{bucket}")

    def ownership(self, bucket: str) -> str | None:
        """The bucket's object ownership, by S3's name, or None if it was removed."""
        rule = self._backend.buckets[bucket].ownership_rule
        return None if rule is None else str(rule)

    def has_object(self, bucket: str, key: str) -> bool:
        found = self._backend.buckets.get(bucket)
        return found is not None and key in found.keys

    def policy(self, bucket: str) -> bytes | None:
        found = self._backend.buckets.get(bucket)
        return None if found is None or found.policy is None else bytes(found.policy)

    def blocks_policies(self, bucket: str) -> bool:
        """Whether public policies are refused."""
        block = self._backend.buckets[bucket].public_access_block
        return block is not None and bool(block.block_public_policy)

    def restricted(self, bucket: str) -> bool:
        """Whether an existing public policy has no effect."""
        block = self._backend.buckets[bucket].public_access_block
        return block is not None and bool(block.restrict_public_buckets)


def _plain(value: Any) -> Any:
    """Template data without moto's own types."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (bool, int, float, str, bytes)) else str(value)


def known_region(region: str) -> bool:
    """Whether there is a region of this name."""
    return region in ec2_backends["000000000000"].regions


def instance_type(name: str) -> Mapping[str, Any] | None:
    """DescribeInstanceTypes' description of a type, or None."""
    found: Mapping[str, Any] | None = INSTANCE_TYPES.get(name)
    return found


def instance_types() -> Mapping[str, Mapping[str, Any]]:
    """All instance types, by name."""
    return INSTANCE_TYPES


def offered(region: str, instance_type_name: str) -> Sequence[str]:
    """The availability zones of a region that offer a type."""
    return _zones(region).get(instance_type_name, ())


@cache
def _zones(region: str) -> Mapping[str, Sequence[str]]:
    zones: dict[str, list[str]] = {}
    for name, zone in offerings("availability-zone", region):
        zones.setdefault(name, []).append(zone)
    return zones


@cache
def offerings(location_type: str, region: str) -> Sequence[tuple[str, str]]:
    """Which types a region offers where: (type, location) by a LocationType of DescribeInstanceTypeOfferings."""
    found = INSTANCE_TYPE_OFFERINGS.get(location_type, {}).get(region, [])
    return sorted((one["InstanceType"], one["Location"]) for one in found)


@cache
def regions_offering(region: str) -> frozenset[str]:
    """The names of the types that a region offers."""
    return frozenset(name for name, _ in offerings("region", region))


def type_fits(name: str, filters: Mapping[str, Sequence[str]]) -> bool:
    """Whether a type fits the filters of DescribeInstanceTypes. Raises AwsError for an unknown filter."""
    described: Any = InstanceType(name)
    try:
        return all(fits(described.get_filter_value(key), patterns) for key, patterns in filters.items())
    except ServiceException as error:
        raise AwsError(str(error.code), str(error.message)) from error


def instance_profile(account_id: str, name: str | None, arn: str | None) -> tuple[str, str, str | None] | None:
    """An instance profile's name, ARN and first role's name, found by name or ARN, or None."""
    for profile in iam_backends[account_id]["aws"].instance_profiles.values():
        if profile.name == name or profile.arn == arn:
            return profile.name, profile.arn, next((role.name for role in profile.roles), None)
    return None


class Identities:
    """moto's data about an account's users, roles and sessions of roles."""

    def __init__(self, account_id: str) -> None:
        self._iam: Any = iam_backends[account_id]["aws"]
        self._sts: Any = sts_backends[account_id]["aws"]

    def user(self, access_key_id: str) -> tuple[str, list[str]] | None:
        """The ARN and the policies (inline, attached, of groups) of the user of an access key, or None."""
        for user in self._iam.users.values():
            if any(key.access_key_id == access_key_id for key in user.access_keys):
                groups = self._iam.get_groups_for_user(user.name)
                inline = [policy for one in (user, *groups) for policy in one.policies.values()]
                attached = [policy for one in (user, *groups) for policy in one.managed_policies.values()]
                return user.arn, [*map(_document, inline), *map(_managed, attached)]
        return None

    def session(self, access_key_id: str) -> tuple[str, str, list[str]] | None:
        """The ARN of the session of a role's temporary key, its role's ARN and the role's policies, or None.

        A role that was deleted allows nothing.
        """
        for session in self._sts.assumed_roles:
            if session.access_key_id == access_key_id:
                arn = session.role_arn
                role = next((one for one in self._iam.roles.values() if one.arn == arn), None)
                if role is None:
                    return session.arn, arn, []
                attached = map(_managed, role.managed_policies.values())
                return session.arn, arn, [*map(_document, role.policies.values()), *attached]
        return None

    def role(self, name: str) -> tuple[str, dict[str, str]] | None:
        """The ARN and the tags of a role, or None."""
        return _arn_and_tags(next((one for one in self._iam.roles.values() if one.name == name), None))

    def profile(self, name: str) -> tuple[str, dict[str, str]] | None:
        """The ARN and the tags of an instance profile, or None."""
        profiles = self._iam.instance_profiles.values()
        return _arn_and_tags(next((one for one in profiles if one.name == name), None))


def _arn_and_tags(found: Any) -> tuple[str, dict[str, str]] | None:
    return None if found is None else (str(found.arn), {tag["Key"]: tag["Value"] for tag in found.tags or ()})


def _managed(policy: Any) -> str:
    return _document(next(one.document for one in policy.versions if one.version_id == policy.default_version_id))


def _document(policy: Any) -> str:
    return policy if isinstance(policy, str) else json.dumps(policy)
