"""Whether the AWS user may launch and end instances, told by dry runs of what a run would send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import botocore.exceptions
from msgspec.structs import replace

from benchmarks.aws import aws_errors, images, tags
from benchmarks.aws.launch_templates import Template
from benchmarks.aws.optional_answers import UnknownError
from benchmarks.aws.session import Client, Connect
from benchmarks.doctor.questions import Finding, Question, ok, unknown
from benchmarks.parameters import spec, suites
from benchmarks.preflight import dry_run, launch_plan
from benchmarks.runs.records import Values

# Small types of several families, since no region offers all: the template's architecture decides between the lists.
TYPES = {
    "x86_64": ("c7i.large", "m7i.large", "c6i.large", "m6i.large", "c5.large", "m5.large", "t3.medium"),
    "arm64": ("c7g.large", "m7g.large", "c6g.large", "m6g.large", "t4g.medium"),
}
# The shortest suite: what is asked of the launch is the same for all.
SUITE = "plonky2-quick"
# In the tags of the dry run.
RUN = "not-begun"


def questions(connect: Connect, parameters: Values, template: Template | None, owner: str) -> list[Question]:
    """`template` is None before setup has created it: the launch is then rehearsed without one."""
    return [
        launch(connect, parameters, template, owner),
        Question("ending", lambda: _rehearse_ending(connect("ec2"), owner), of_ending, needs=("credentials",)),
    ]


def launch(connect: Connect, parameters: Values, template: Template | None, owner: str) -> Question:
    return Question(
        "launch",
        lambda: _rehearse(connect, parameters, template, owner),
        lambda name: of_launch(name, template),
        needs=("credentials", "quota", "vpc"),
    )


def _rehearse(connect: Connect, parameters: Values, template: Template | None, owner: str) -> str:
    """Plan a launch as a run does, and have EC2 check it by a dry run. Returns the type that would be launched.

    Raises RefusedError and ClientError for what EC2 or the plan has against it, UnknownError if there is no type to ask
    about.
    """
    ec2, region = connect("ec2"), parameters["region"]
    used = template or Template(id="", name=parameters["launch_template"], version="", data={})
    name = used.data.get("InstanceType") or _small_type(ec2, used, region)
    wanted = {"instance_type": name, "region": region, "subnet": parameters["subnet"]}
    asked = spec.with_defaults("benchmark", {**wanted, "launch_template": parameters["launch_template"]})
    suite = replace(suites.load(SUITE), minimum_memory=0)
    plan, _ = launch_plan.make(asked, suite, connect, used)
    # The price is not asked of a launch, and would only be noted in a tag.
    dry_run.check(ec2, dry_run.Run(RUN, datetime.now(UTC), owner), replace(plan, price=None), asked)
    return str(name)


def _small_type(ec2: Client, template: Template, region: str) -> str:
    """A small type that the region offers, of the architecture of the template's image. Raises UnknownError."""
    architecture = images.named(ec2, template.image_id)["Architecture"] if template.image_id else "x86_64"
    wanted = TYPES.get(architecture, ())
    offers = ec2.describe_instance_type_offerings(
        LocationType="region", Filters=[{"Name": "instance-type", "Values": list(wanted)}]
    )["InstanceTypeOfferings"]
    offered = {offer["InstanceType"] for offer in offers}
    if found := next((name for name in wanted if name in offered), None):
        return found
    raise UnknownError(f"{region} offers none of {', '.join(wanted) or 'the types for ' + architecture}")


def of_launch(name: str, template: Template | None) -> Finding:
    source = f"from the launch template {template.name}" if template else "without a launch template yet"
    return ok(f"EC2 would launch a {name} with a run's tags, {source} (dry run)")


def _rehearse_ending(ec2: Client, owner: str) -> tuple[str, str] | None:
    """Ask EC2 by a dry run whether it would end an instance of the user's own runs; None if there is none.

    Returns its id and EC2's error code. No other instance is asked about: policies may allow it for a run's only, as
    those in docs/ do, and a denial of what nobody meant to do alarms whoever watches the account. Raises ClientError.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html
    """
    id = next(iter(_own(ec2, owner)), None)
    if id is None:
        return None
    try:
        ec2.terminate_instances(InstanceIds=[id], DryRun=True)
    except botocore.exceptions.ClientError as error:
        if aws_errors.is_denied(error):
            raise
        return id, aws_errors.code(error)
    return id, "DryRunOperation"


def _own(ec2: Client, owner: str) -> Sequence[str]:
    filters = [{"Name": "tag-key", "Values": [tags.RUN]}, {"Name": f"tag:{tags.OWNER}", "Values": [owner]}]
    pages = ec2.get_paginator("describe_instances").paginate(Filters=filters)
    return [i["InstanceId"] for page in pages for one in page["Reservations"] for i in one["Instances"]]


def of_ending(asked: tuple[str, str] | None) -> Finding:
    if asked is None:
        return unknown("ec2:TerminateInstances can only be asked about an instance, and you have none of a run now.")
    id, code = asked
    if code == "DryRunOperation":
        return ok("EC2 would end a run's instance (dry run)")
    return unknown(f"EC2 says of your instance {id}: {code}.")
