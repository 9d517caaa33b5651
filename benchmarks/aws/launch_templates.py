"""Launch templates: finding the one for a run, and checking its settings."""

from __future__ import annotations

from dataclasses import dataclass

import botocore.exceptions
import yaml

from benchmarks import hints
from benchmarks.aws import tags
from benchmarks.aws.aws_errors import code
from benchmarks.aws.session import AwsShape, Client
from benchmarks.errors import RefusedError
from benchmarks.paths import ROOT

# Settings that would keep an instance from being terminated, with the values that a launch sets instead:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html
ENDABLE: AwsShape = {
    "DisableApiTermination": False,
    "DisableApiStop": False,
    "HibernationOptions": {"Configured": False},
    "InstanceInitiatedShutdownBehavior": "terminate",
}

# The launch template that setup creates, as EC2's CreateLaunchTemplate takes it.
OF_SETUP = ROOT / "roles/setup/files/launch_template.yml"


def _metadata_options() -> AwsShape:
    options: AwsShape = yaml.safe_load(OF_SETUP.read_text())["LaunchTemplateData"]["MetadataOptions"]
    return options


# For every instance, whatever its template says: IMDSv2 only, with a hop limit that lets containers reach it.
METADATA_OPTIONS = _metadata_options()


@dataclass(frozen=True)
class Template:
    """A version of a launch template; `data` is its LaunchTemplateData."""

    id: str
    name: str
    version: str
    data: AwsShape

    @property
    def image_id(self) -> str | None:
        return self.data.get("ImageId")

    @property
    def subnet(self) -> str | None:
        """The subnet that the template sets, None if the run may choose."""
        return next((i["SubnetId"] for i in self.data.get("NetworkInterfaces", []) if i.get("SubnetId")), None)

    @property
    def placement(self) -> AwsShape:
        """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplatePlacement.html"""
        return self.data.get("Placement") or {}

    @property
    def zone(self) -> str | None:
        return self.placement.get("AvailabilityZone")

    @property
    def tenancy(self) -> str:
        """The tenancy that the template asks for: default, dedicated or host, which is also that of a host by name."""
        if any(self.placement.get(name) for name in ("HostId", "HostResourceGroupArn")):
            return "host"
        return str(self.placement.get("Tenancy") or "default")

    @property
    def market(self) -> str | None:
        """The market that the template asks for, such as spot; None for on demand.

        https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateInstanceMarketOptionsRequest.html
        """
        return (self.data.get("InstanceMarketOptions") or {}).get("MarketType")

    @property
    def spot(self) -> AwsShape | None:
        """The SpotOptions with which the template asks for spot instances, which may be empty; None if it does not."""
        return self.data["InstanceMarketOptions"].get("SpotOptions") or {} if self.market == "spot" else None

    @property
    def zone_id(self) -> str | None:
        return self.placement.get("AvailabilityZoneId")

    @property
    def interface(self) -> AwsShape:
        """The primary network interface that the template describes; empty if it describes none."""
        interfaces: list[AwsShape] = self.data.get("NetworkInterfaces") or []
        return next((one for one in interfaces if not one.get("DeviceIndex")), {})

    @property
    def group_ids(self) -> list[str]:
        """The ids of the security groups that the template sets; those of its network interface, if it has one."""
        own = self.interface.get("Groups") if self.decides_network else self.data.get("SecurityGroupIds")
        return list(own or [])

    @property
    def has_profile(self) -> bool:
        """Whether instances get an instance profile, with a role.

        https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateIamInstanceProfileSpecification.html
        """
        profile = self.data.get("IamInstanceProfile") or {}
        return bool(profile.get("Arn") or profile.get("Name"))

    @property
    def private_address(self) -> str | None:
        """The private IPv4 address that the template gives its instance, which only one can have at a time."""
        interface = self.interface
        listed = [one.get("PrivateIpAddress") for one in interface.get("PrivateIpAddresses") or []]
        return next((one for one in (interface.get("PrivateIpAddress"), *listed) if one), None)

    @property
    def tag_keys(self) -> dict[str, frozenset[str]]:
        """The keys of the tags that the template sets, by the type of the resource."""
        keys: dict[str, frozenset[str]] = {}
        for one in self.data.get("TagSpecifications", []):
            kind = one.get("ResourceType", "instance")
            keys[kind] = keys.get(kind, frozenset()) | {tag["Key"] for tag in one.get("Tags", [])}
        return keys

    @property
    def overrides(self) -> AwsShape:
        """The settings that a launch must override so that its instance can be terminated."""
        return {name: value for name, value in ENDABLE.items() if self.data.get(name) not in (None, value)}

    @property
    def metadata_overridden(self) -> AwsShape:
        """The metadata options that the template sets otherwise than a launch does, which overrides them."""
        own = self.data.get("MetadataOptions") or {}
        return {name: own[name] for name, value in METADATA_OPTIONS.items() if own.get(name) not in (None, value)}

    @property
    def decides_network(self) -> bool:
        """Whether the template has network interfaces; RunInstances then accepts no subnet."""
        return bool(self.data.get("NetworkInterfaces"))

    @property
    def keeps_instances(self) -> str | None:
        """Why terminating an instance would not be enough, as part of a sentence; None if it is.

        A persistent spot request, as needed for stopping and hibernating, replaces an instance that is terminated:
        https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-instances-view.html
        """
        spot = (self.data.get("InstanceMarketOptions") or {}).get("SpotOptions") or {}
        if spot.get("SpotInstanceType") == "persistent":
            return "asks for spot instances persistently, so that EC2 launches another when a run's is ended"
        if (behaviour := spot.get("InstanceInterruptionBehavior", "terminate")) != "terminate":
            return f"has spot instances {behaviour} when they are interrupted, which keeps them and their request"
        return None


def split(text: str) -> tuple[str, str]:
    """Split `NAME[:VERSION]` or `ID[:VERSION]`; the default is the template's default version."""
    name, _, version = text.partition(":")
    return name, version or "$Default"


def find(ec2: Client, text: str, default_name: str) -> Template:
    """The template that `text` names (see `split`). Raises RefusedError if there is none."""
    name, version = split(text)
    key = "LaunchTemplateId" if name.startswith("lt-") else "LaunchTemplateName"
    try:
        answer = ec2.describe_launch_template_versions(**{key: name}, Versions=[version])
    except botocore.exceptions.ParamValidationError:
        raise RefusedError(f"{name!r} cannot be the name of a launch template: check --launch-template.") from None
    except botocore.exceptions.ClientError as error:
        if not code(error).startswith("InvalidLaunchTemplate"):
            raise
        if "Version" in code(error):
            raise _no_version(name, version) from None
        missing = f"There is no launch template {name} in this region: "
        create = f"run {hints.command_line('bench.setup')}, which creates it."
        hint = create if name == default_name else "check --launch-template."
        raise RefusedError(missing + hint) from None
    if not answer["LaunchTemplateVersions"]:
        raise _no_version(name, version)
    found = answer["LaunchTemplateVersions"][0]
    data = found["LaunchTemplateData"]
    if str(data.get("ImageId", "")).startswith("resolve:"):
        resolved = ec2.describe_launch_template_versions(**{key: name}, Versions=[version], ResolveAlias=True)
        data = resolved["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    return Template(found["LaunchTemplateId"], found["LaunchTemplateName"], str(found["VersionNumber"]), data)


def _no_version(name: str, version: str) -> RefusedError:
    return RefusedError(
        f"The launch template {name} has no version {version}: check --launch-template, or leave the version out for "
        "the default one."
    )


def check_ends(template: Template) -> None:
    """Raises RefusedError for a template whose instances a run could not terminate for good."""
    if why := template.keeps_instances:
        raise RefusedError(
            f"The launch template {template.name} {why}: make a version of it without that (spot requests that are "
            "one-time and terminate will do), or give another by --launch-template."
        )


def check_tags(template: Template) -> None:
    """Raises RefusedError for a template that sets tags by which runs are found: it would be taken for another run."""
    taken = sorted({key for keys in template.tag_keys.values() for key in keys & tags.OF_LAUNCH})
    if taken:
        raise RefusedError(
            f"The launch template {template.name} sets the tags {', '.join(taken)}, by which runs find their own "
            f"instances: make a version of it without them, or give another by --launch-template."
        )
