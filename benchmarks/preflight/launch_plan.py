"""Plans the launch of a run's instance, and checks it against AWS."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import botocore.exceptions

from benchmarks import hints
from benchmarks.aws import block_devices, cpu_cores, images, launch_templates, prices, quotas, subnets
from benchmarks.aws.aws_errors import code, optional
from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import AwsShape, Client, Connect
from benchmarks.errors import RefusedError
from benchmarks.launch import run_instances
from benchmarks.runs.records import Image, LaunchPlan, LaunchTemplate, Place, Price, Suite, Values


def make(parameters: Values, suite: Suite, connect: Connect) -> tuple[LaunchPlan, tuple[str, ...]]:
    """The plan of the requested launch, and warnings. Raises RefusedError for the first obstacle."""
    ec2 = connect("ec2")
    region = parameters["region"]
    info = type_info(ec2, parameters["instance_type"], region)
    name = info["InstanceType"]
    architectures = _architectures(info)
    memory = cpu_cores.check_memory(info, parameters["memory"])
    cpu_cores.check_memory(info, suite.minimum_memory, f"MiB that the suite {suite.name} needs")
    template = launch_templates.find(ec2, parameters["launch_template"], NAME)
    launch_templates.check_ends(template)
    cores = cpu_cores.cores(info, parameters["cpu"], template.data.get("CpuOptions"))
    image = _image(ec2, parameters["ami"] or template.image_id, name, architectures)
    places = _places(ec2, parameters["subnet"], template, _zones(ec2, name, region), name, region)
    quota_warnings = _check_quota(connect, info, cores)
    price = prices.of_type(connect, region, name)
    _check_price(name, price, parameters["max_price"])
    volumes = block_devices.choose(image, template, suite.minimum_disk, suite.name)
    plan = LaunchPlan(
        region=region,
        instance_type=name,
        architecture=image["Architecture"],
        cores=cores.count,
        threads_per_core=cores.threads_per_core,
        cpu_options=cores.options,
        memory_mib=memory,
        price=price,
        overrides=template.overrides,
        launch_template=LaunchTemplate(id=template.id, name=template.name, version=template.version),
        image=Image(id=image["ImageId"], name=image.get("Name")),
        block_devices=volumes.mappings,
        places=places,
    )
    _dry_run(ec2, plan)
    told = (*_type_warnings(info), *images.warnings(image, datetime.now(UTC)), *_template_warnings(template))
    return plan, (*told, *volumes.warnings, *quota_warnings)


def _type_warnings(info: AwsShape) -> Iterator[str]:
    if info.get("BurstablePerformanceSupported"):
        yield (
            f"{info['InstanceType']} is burstable: its CPU is throttled or costs extra after a while, so its numbers "
            f"say little."
        )


def _template_warnings(template: launch_templates.Template) -> Iterator[str]:
    if template.data.get("UserData"):
        yield f"The user data of the launch template {template.name} is replaced by this tool's own."
    if template.overrides:
        yield (
            f"The launch template {template.name} sets {', '.join(sorted(template.overrides))} so that instances are "
            f"kept: this launch overrides that, so that its instance can be ended."
        )


def type_info(ec2: Client, name: str, region: str) -> AwsShape:
    """The type's entry in DescribeInstanceTypes.

    Raises RefusedError, which suggests similar names, if the region has no such type.
    """
    try:
        info: AwsShape = ec2.describe_instance_types(InstanceTypes=[name])["InstanceTypes"][0]
        return info
    except botocore.exceptions.ClientError as error:
        if code(error) not in ("InvalidInstanceType", "InvalidParameterValue"):
            raise
    pages = ec2.get_paginator("describe_instance_type_offerings").paginate(LocationType="region")
    offered = sorted({offer["InstanceType"] for page in pages for offer in page["InstanceTypeOfferings"]})
    family = f"{name.partition('.')[0]}.".lower()
    near = hints.similar(name, offered, 3) or [other for other in offered if other.startswith(family)][:3]
    hint = f" Did you mean {', '.join(near)}?" if near else f" {hints.command_line('bench.types --cpu 4')} lists some."
    raise RefusedError(f"There is no instance type {name} in {region}.{hint}")


def _zones(ec2: Client, instance_type: str, region: str) -> list[str]:
    offers = ec2.describe_instance_type_offerings(
        LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": [instance_type]}]
    )["InstanceTypeOfferings"]
    if not offers:
        raise RefusedError(
            f"{instance_type} is not offered in {region}: choose another type, or another region by --region."
        )
    return sorted(offer["Location"] for offer in offers)


def _architectures(info: AwsShape) -> list[str]:
    """The type's architectures for which there are images. Raises RefusedError if there is none."""
    every = info["ProcessorInfo"]["SupportedArchitectures"]
    if usable := [one for one in every if one in images.DEBIAN_ARCHITECTURES]:
        return usable
    why = " and needs a dedicated host" if any(one.endswith("_mac") for one in every) else ""
    raise RefusedError(
        f"{info['InstanceType']} ({', '.join(every)}) runs no 64-bit Linux{why}: choose another type, of which "
        f"{hints.command_line('bench.types --cpu 4')} lists some."
    )


def _image(ec2: Client, wanted: str | None, name: str, architectures: list[str]) -> AwsShape:
    image = images.named(ec2, wanted) if wanted else images.newest_debian(ec2, architectures[0])
    images.check_fits(image, name, architectures)
    return image


def _places(
    ec2: Client,
    wanted: str | None,
    template: launch_templates.Template,
    zones: list[str],
    instance_type: str,
    region: str,
) -> tuple[Place, ...]:
    """The places to launch in, in the order to try them; a subnet of None means that of the template."""
    if wanted and template.decides_network:
        raise RefusedError(
            f"The launch template {template.name} has network interfaces of its own, so subnet cannot be "
            f"given beside it."
        )
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


def _check_quota(connect: Connect, info: AwsShape, cores: cpu_cores.Cores) -> tuple[str, ...]:
    """Raises RefusedError if the type has more vCPUs than the account's quota; returns a warning if that is unknown.

    Instances that already run are not counted here; EC2 does that at the launch.
    """
    quota = quotas.of(info["InstanceType"])
    if not quota:
        return ()
    answer = optional(lambda: connect("service-quotas").get_service_quota(ServiceCode="ec2", QuotaCode=quota.code))
    if answer is None:
        return ("The vCPU quota could not be checked: the permission servicequotas:GetServiceQuota is missing.",)
    limit = int(answer["Quota"]["Value"])
    vcpus = cores.count * cores.threads_per_core
    if vcpus > limit:
        raise RefusedError(
            f"{info['InstanceType']} would take {vcpus} vCPUs, but your account's quota is {limit}: ask for "
            f"more of {quota} in Service Quotas, or choose a smaller type."
        )
    return ()


def _check_price(name: str, price: Price | None, ceiling: float | None) -> None:
    if ceiling is None:
        return
    if price is None:
        raise RefusedError(
            "The price cannot be checked against max_price: AWS lists none, or the permission pricing:GetProducts is "
            "missing."
        )
    if price.usd_per_hour > ceiling:
        raise RefusedError(
            f"{name} costs ${price.usd_per_hour:.4g} an hour, more than the max_price of ${ceiling:.4g}."
        )


def _dry_run(ec2: Client, plan: LaunchPlan) -> None:
    """Check with a dry run of RunInstances whether EC2 would accept the launch. Raises ClientError if not."""
    try:
        run_instances.run_instances(ec2, {**run_instances.settings(plan, plan.places[0].subnet), "DryRun": True})
    except botocore.exceptions.ClientError as error:
        # Lack of capacity is no obstacle: another zone may have some, or this one in a minute.
        if code(error) not in ("DryRunOperation", *run_instances.NO_CAPACITY):
            raise
