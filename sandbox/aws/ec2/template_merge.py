"""A launch request merged with its launch template. Pure.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html: "Any parameters that you specify in
RunInstances override the same parameters in the launch template."
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.aws.protocol import AwsError

# In a request, either of these parameters replaces all of the template's groups.
GROUPS = ("SecurityGroupIds", "SecurityGroups")
# Parameters of a request that a template cannot have.
REQUEST_ONLY = ("MinCount", "MaxCount", "ClientToken", "DryRun", "LaunchTemplate")


def merge(template: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    """A template's data merged with a request. Raises AwsError for combinations that EC2 refuses."""
    given = {key: value for key, value in request.items() if key not in REQUEST_ONLY and value not in (None, [], {})}
    base = dict(template)
    if any(name in given for name in GROUPS):
        for name in GROUPS:
            base.pop(name, None)
    merged = base | given
    if tags := _tags(template.get("TagSpecifications", ()), given.get("TagSpecifications", ())):
        merged["TagSpecifications"] = tags
    if devices := devices_over(template.get("BlockDeviceMappings", ()), given.get("BlockDeviceMappings", ())):
        merged["BlockDeviceMappings"] = devices
    _refuse_conflicts(merged)
    return merged


def _refuse_conflicts(merged: Mapping[str, Any]) -> None:
    """A network interface has its own subnet and groups; EC2 refuses others at the instance's level."""
    if not merged.get("NetworkInterfaces"):
        return
    if merged.get("SubnetId"):
        raise AwsError(
            "InvalidParameterCombination",
            "Network interfaces and an instance-level subnet ID may not be specified on the same request",
        )
    if any(merged.get(name) for name in GROUPS):
        raise AwsError(
            "InvalidParameterCombination",
            "Network interfaces and an instance-level security groups may not be specified on the same request",
        )
    if merged.get("PrivateIpAddress"):
        raise AwsError(
            "InvalidParameterCombination",
            "Network interfaces and an instance-level private IP address may not be specified on the same request",
        )


def _tags(template: Iterable[Mapping[str, Any]], request: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Tag specifications by resource type; for the same key the request's value wins."""
    merged: dict[str, dict[str, str]] = {}
    for specification in (*template, *request):
        values = {tag["Key"]: tag.get("Value", "") for tag in specification.get("Tags", ())}
        merged.setdefault(specification.get("ResourceType", "instance"), {}).update(values)
    return [
        {"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
        for kind, tags in merged.items()
    ]


def devices_over(base: Iterable[Mapping[str, Any]], over: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Block devices by name, with the later list's values overriding the earlier's; NoDevice removes a device.

    An instance store volume (VirtualName) is no EBS volume, and ignored for types with NVMe:
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_BlockDeviceMapping.html
    """
    merged: dict[str, dict[str, Any]] = {}
    for device in (*base, *over):
        name = device["DeviceName"]
        if "NoDevice" in device or "VirtualName" in device:
            merged.pop(name, None)
            continue
        ebs = {**merged.get(name, {}).get("Ebs", {}), **device.get("Ebs", {})}
        merged[name] = {"DeviceName": name, "Ebs": ebs}
    return list(merged.values())


def tags_for(merged: Mapping[str, Any], resource_type: str) -> dict[str, str]:
    """The tags of a launch for one type of resource."""
    return {
        tag["Key"]: tag.get("Value", "")
        for specification in merged.get("TagSpecifications", ())
        if specification.get("ResourceType") == resource_type
        for tag in specification.get("Tags", ())
    }
