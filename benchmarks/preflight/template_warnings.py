"""What there is to say of a launch template's settings before anything is launched."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks import hints
from benchmarks.aws import cpu_credits
from benchmarks.aws.launch_templates import METADATA_OPTIONS, Template
from benchmarks.aws.session import AwsShape


def warnings(template: Template, type_info: AwsShape, subnet: str | None) -> Iterator[str]:
    """Warns of settings that a launch overrides, and of those that limit it, cost money or spoil the numbers.

    `type_info` is the type's entry in DescribeInstanceTypes, `subnet` the one that was asked for.
    """
    if type_info.get("BurstablePerformanceSupported"):
        yield _burstable(template, type_info["InstanceType"])
    if not template.has_profile:
        yield (
            f"The launch template {template.name} names no instance profile, so that the instance cannot upload its "
            f"results by itself: keep this machine connected until they are here, or let "
            f"{hints.command_line('bench.setup')} make a role, and a template with it."
        )
    yield from _overridden(template)
    yield from _pinned(template, subnet)
    for is_set, sentence in _OTHERS:
        if is_set(template):
            yield f"The launch template {template.name} {sentence}."


def _burstable(template: Template, name: str) -> str:
    """What CPU credits do to a run.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-how-to.html
    """
    own = cpu_credits.set_by(template)
    credits = own or cpu_credits.usual(template, name)
    source = f"set by the launch template {template.name}" if own else "by default"
    effect = "is throttled" if credits == cpu_credits.STANDARD else "costs extra"
    return (
        f"{name} is burstable with {credits} CPU credits ({source}): its CPU {effect} after a while, so its numbers "
        f"say little: choose a type that is not burstable."
    )


def _overridden(template: Template) -> Iterator[str]:
    if template.data.get("UserData"):
        yield f"The user data of the launch template {template.name} is replaced by this tool's own."
    if template.overrides:
        yield (
            f"The launch template {template.name} sets {', '.join(sorted(template.overrides))} so that instances are "
            f"kept: this launch overrides that, so that its instance can be ended."
        )
    if overridden := template.metadata_overridden:
        own, ours = ({name: values[name] for name in overridden} for values in (overridden, METADATA_OPTIONS))
        yield (
            f"The launch template {template.name} sets {_listed(own)} in its metadata options: this launch overrides "
            f"that with {_listed(ours)}, so that programs get at the instance's metadata by IMDSv2 only."
        )


def _listed(values: AwsShape) -> str:
    return ", ".join(f"{name}={value}" for name, value in values.items())


def _pinned(template: Template, subnet: str | None) -> Iterator[str]:
    """Warns of an address and of places from which a launch cannot go elsewhere."""
    if address := template.private_address:
        yield (
            f"The launch template {template.name} pins the private address {address}, so that only one instance at a "
            f"time can have it: leave PrivateIpAddress out of the template if runs may overlap."
        )
    if subnet:
        return
    pins = {"the subnet": template.subnet, "the zone": template.zone or template.zone_id}
    if pinned := " and ".join(f"{what} {which}" for what, which in pins.items() if which):
        yield (
            f"The launch template {template.name} pins {pinned}, so no other zone is tried where EC2 has no capacity: "
            f"leave that out of the template to have all tried."
        )


def _reserved_only(template: Template) -> bool:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateCapacityReservationSpecificationRequest.html"""
    own = template.data.get("CapacityReservationSpecification") or {}
    only = own.get("CapacityReservationPreference") == "capacity-reservations-only"
    return only or bool(own.get("CapacityReservationTarget"))


# Other settings that a launch has from the template, as the rest of a sentence:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html
_OTHERS: tuple[tuple[Callable[[Template], object], str], ...] = (
    (
        # https://aws.amazon.com/ec2/pricing/dedicated-instances/
        lambda one: one.tenancy == "dedicated",
        "asks for dedicated hardware, for which AWS charges a fee an hour and region besides the instance's price: "
        "leave Tenancy out of it unless you need that",
    ),
    (
        # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/dedicated-hosts-overview.html
        lambda one: one.tenancy == "host",
        "asks for a Dedicated Host, which is billed for as long as it is allocated, with or without instances: release "
        "it when you need it no more",
    ),
    (
        _reserved_only,
        "asks for a Capacity Reservation, so that EC2 launches only what is left of it, where it is: leave "
        "CapacityReservationSpecification out to launch anywhere",
    ),
    (
        # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-groups.html
        lambda one: one.placement.get("GroupName") or one.placement.get("GroupId"),
        "asks for a placement group, which limits where EC2 finds capacity: leave it out unless you need it",
    ),
    (
        # https://docs.aws.amazon.com/license-manager/latest/userguide/license-configurations.html
        lambda one: one.data.get("LicenseSpecifications"),
        "counts instances against a licence configuration, so that EC2 may refuse them once it is used up: leave "
        "LicenseSpecifications out unless the image needs a licence",
    ),
    (
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
        lambda one: one.data.get("ElasticGpuSpecifications") or one.data.get("ElasticInferenceAccelerators"),
        "attaches an accelerator of a kind that AWS has withdrawn: leave ElasticGpuSpecifications and "
        "ElasticInferenceAccelerators out of it",
    ),
    (
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterfaceSpecification.html
        lambda one: any(i.get("DeleteOnTermination") is False for i in one.data.get("NetworkInterfaces") or []),
        "keeps its network interface when the instance is gone: set DeleteOnTermination to true there",
    ),
)
