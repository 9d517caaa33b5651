"""Finds and checks the launch template for setup."""

from __future__ import annotations

from collections.abc import Sequence

import botocore.exceptions

from benchmarks.aws import launch_templates
from benchmarks.aws.aws_errors import code, is_denied
from benchmarks.aws.launch_templates import Template
from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import AwsShape, Client
from benchmarks.errors import RefusedError


def find(ec2: Client, wanted: str, region: str) -> Template | None:
    """The template that `wanted` names (see launch_templates.split), None if setup can create it.

    Raises RefusedError if it does not exist and cannot be created.
    """
    name, version = launch_templates.split(wanted)
    key = "LaunchTemplateIds" if name.startswith("lt-") else "LaunchTemplateNames"
    try:
        there = _described(ec2, key, name)
    except botocore.exceptions.ClientError as error:
        if not code(error).startswith("InvalidLaunchTemplate"):
            raise
        there = []
    if there:
        return launch_templates.find(ec2, wanted, NAME)
    if name.startswith("lt-") or version != "$Default":
        raise RefusedError(
            f"There is no launch template {wanted} in {region}: to have one created, give a name and no version."
        )
    return None


def _described(ec2: Client, key: str, name: str) -> list[AwsShape]:
    """The template as EC2 shows it; its versions where only these may be asked for, as by who only runs."""
    try:
        return list(ec2.describe_launch_templates(**{key: [name]})["LaunchTemplates"])
    except botocore.exceptions.ClientError as error:
        if not is_denied(error):
            raise
        asked = {key.removesuffix("s"): name}
        return list(ec2.describe_launch_template_versions(**asked, Versions=["$Default"])["LaunchTemplateVersions"])


def tag_options(specifications: Sequence[AwsShape], name: str) -> list[AwsShape]:
    """Tags of a template as amazon.aws.ec2_launch_template takes them: a mapping for each type of resource.

    `specifications` is the TagSpecifications of CreateLaunchTemplate; each value is replaced by the template's `name`.
    """
    return [
        {"resource_type": one["ResourceType"], "tags": {tag["Key"]: name for tag in one["Tags"]}}
        for one in specifications
    ]


def notes(template: Template, group: AwsShape | None, *, with_profile: bool = True) -> list[str]:
    """What a template lacks for runs, as sentences; `group` is the security group for runs, if it exists.

    `with_profile` tells whether it should have the instance profile for runs.
    """
    name, data = template.name, template.data
    groups = {*data.get("SecurityGroupIds", ()), *data.get("SecurityGroups", ())}
    groups |= {one for interface in data.get("NetworkInterfaces", ()) for one in interface.get("Groups", ())}
    own = {NAME, group["GroupId"]} if group else set()
    profile = data.get("IamInstanceProfile", {})
    again = f"to have a new one made: aws ec2 delete-launch-template --launch-template-name {name}, then setup again"
    notes = []
    if not groups & own:
        notes.append(
            f"The launch template {name} lacks this VPC's security group {NAME}, so SSH may be shut out; {again}."
        )
    if with_profile and (profile.get("Name") or str(profile.get("Arn", "")).rpartition("/")[2]) != NAME:
        notes.append(
            f"The launch template {name} lacks the instance profile {NAME}, so instances have no role to upload with, "
            f"and results are published from your machine only; {again}."
        )
    return notes
