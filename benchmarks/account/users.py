"""What uses the security group and the instance profile for runs, so that they cannot be removed yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote

from benchmarks import hints
from benchmarks.aws import instances, tags
from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import AwsShape, Client
from benchmarks.text import escaped

# In these states an instance still has its network interfaces:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
_NOT_TERMINATED = (*instances.ALIVE, "shutting-down")


@dataclass(frozen=True)
class Users:
    """Instances and network interfaces that keep what setup made in use, each as text for the user.

    Those that end by themselves are only waited for: an instance that is shutting down frees its interfaces later.
    """

    alive: tuple[str, ...] = ()
    ending: tuple[str, ...] = ()  # ids of instances


def find(ec2: Client, region: str, group: str | None, profile: str | None = None) -> Users:
    """Find the instances of any run in the region, by anyone, and what else uses the group or the profile.

    `group` is the id of the security group and `profile` the name of the instance profile; None is not looked for. A
    group in use cannot be deleted, and a profile in use must not be. Raises ClientError.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteInstanceProfile.html
    """
    filters = [{"Name": "instance-state-name", "Values": list(_NOT_TERMINATED)}]
    pages = ec2.get_paginator("describe_instances").paginate(Filters=filters)
    there = {i["InstanceId"]: i for page in pages for one in page["Reservations"] for i in one["Instances"]}
    interfaces = [] if group is None else _interfaces(ec2, group)
    alive = [text for i in there.values() if instances.is_alive(i) for text in _of_instance(i, region, group, profile)]
    alive += [_of_interface(one) for one in interfaces if _holder(one) not in there]
    using = {_holder(one) for one in interfaces}
    return Users(tuple(alive), tuple(id for id, i in there.items() if not instances.is_alive(i) and id in using))


def _interfaces(ec2: Client, group: str) -> Sequence[AwsShape]:
    pages = ec2.get_paginator("describe_network_interfaces").paginate(Filters=[{"Name": "group-id", "Values": [group]}])
    return [one for page in pages for one in page["NetworkInterfaces"]]


def _holder(interface: AwsShape) -> str | None:
    return (interface.get("Attachment") or {}).get("InstanceId")


def _of_instance(instance: AwsShape, region: str, group: str | None, profile: str | None) -> Iterator[str]:
    id, state, own = instance["InstanceId"], instance["State"]["Name"], tags.of(instance)
    if run := own.get(tags.RUN):
        command = hints.command_line(f"bench.terminate --run-id {quote(escaped(run))} --region {region}")
        owner = escaped(own.get(tags.OWNER, "somebody"))
        yield f"{id} of the run {escaped(run)} by {owner} ({state}; {command} ends it)"
    elif _has_group(instance, group) or _has_profile(instance, profile):
        what = "security group" if _has_group(instance, group) else "instance profile"
        yield f"{id}, which uses the {what} {NAME} ({state}; aws ec2 terminate-instances ends it)"


def _has_group(instance: AwsShape, group: str | None) -> bool:
    groups = [*instance.get("SecurityGroups", [])]
    groups += [one for interface in instance.get("NetworkInterfaces", []) for one in interface.get("Groups", [])]
    return group is not None and any(one["GroupId"] == group for one in groups)


def _has_profile(instance: AwsShape, profile: str | None) -> bool:
    own: Mapping[str, str] = instance.get("IamInstanceProfile") or {}
    return profile is not None and own.get("Arn", "").rpartition("/")[2] == profile


def _of_interface(interface: AwsShape) -> str:
    about = f", {escaped(interface['Description'])}" if interface.get("Description") else ""
    return f"the network interface {interface['NetworkInterfaceId']}{about}, which uses the security group {NAME}"
