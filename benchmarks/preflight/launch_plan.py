"""Plans the launch of a run's instance, and checks it against AWS."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import botocore.exceptions
from msgspec.structs import replace

from benchmarks import hints
from benchmarks.account import security_group
from benchmarks.aws import block_devices, cpu_cores, image_billing, images, launch_templates, tags
from benchmarks.aws.aws_errors import code
from benchmarks.aws.launch_templates import Template
from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import AwsShape, Client, Connect
from benchmarks.errors import RefusedError
from benchmarks.preflight import alternatives, launch_price, launch_quota, places, reachability, template_warnings
from benchmarks.runs.records import Image, LaunchPlan, LaunchTemplate, Suite, Values


def make(
    parameters: Values, suite: Suite, connect: Connect, template: Template | None = None
) -> tuple[LaunchPlan, tuple[str, ...]]:
    """The plan of the requested launch, and warnings. Raises RefusedError for the first obstacle.

    It is from `template` if that is given, else from the one that the parameters name.
    """
    ec2 = connect("ec2")
    region = parameters["region"]
    info = type_info(ec2, parameters["instance_type"], region)
    name = info["InstanceType"]
    architectures = _architectures(info)
    memory = cpu_cores.check_memory(info, parameters["memory"])
    cpu_cores.check_memory(info, suite.minimum_memory, f"MiB that the suite {suite.name} needs")
    template = template or launch_templates.find(ec2, parameters["launch_template"], NAME)
    launch_templates.check_ends(template)
    launch_templates.check_tags(template)
    cores = cpu_cores.cores(info, parameters["cpu"], template.data.get("CpuOptions"))
    image = _image(ec2, parameters["ami"] or template.image_id, name, architectures)
    where = places.choose(ec2, parameters["subnet"], template, name, region)
    quota, quota_warnings = launch_quota.check(connect, info, cores, spot=template.spot is not None)
    quote = launch_price.find(connect, region, info, image, template, where.places, parameters["max_price"])
    volumes = block_devices.choose(image, template, suite.minimum_disk, suite.name)
    plan = LaunchPlan(
        region=region,
        instance_type=name,
        architecture=image["Architecture"],
        cores=cores.count,
        threads_per_core=cores.threads_per_core,
        cpu_options=cores.options,
        memory_mib=memory,
        price=quote.price,
        price_unknown=quote.unknown,
        cpu_credits=quote.credits,
        cpu_credits_unknown=quote.credits_unknown,
        quota=quota,
        spot=template.spot is not None,
        overrides=template.overrides,
        launch_template=LaunchTemplate(id=template.id, name=template.name, version=template.version),
        image=Image(
            id=image["ImageId"], name=image.get("Name"), licensed_platform=image_billing.of(image).licensed_platform
        ),
        block_devices=volumes.mappings,
        places=where.places,
        network_interface=where.interface,
        named_by_template=tuple(sorted(kind for kind, keys in template.tag_keys.items() if tags.NAME in keys)),
        bare_metal=bool(info.get("BareMetal")),
        tenancy=template.tenancy,
        has_profile=template.has_profile,
    )
    of_template = template_warnings.warnings(template, info, parameters["subnet"])
    plan = replace(plan, alternatives=alternatives.find(ec2, plan, os.environ))
    told = (*images.warnings(image, datetime.now(UTC)), *of_template)
    reach = reachability.warnings(ec2, template, where.subnets, parameters["ssh_port"] or security_group.SSH_PORT)
    return plan, (*told, *where.warnings, *volumes.warnings, *reach, *quota_warnings, *quote.warnings)


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
