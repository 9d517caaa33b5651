"""The launch template, as setup finds it."""

from __future__ import annotations

import botocore.exceptions

from benchmarks.account.target import NAME, Target
from benchmarks.aws import launch_templates
from benchmarks.aws.aws_errors import code
from benchmarks.aws.session import Client
from benchmarks.errors import RefusedError


def template_of(ec2: Client, target: Target) -> launch_templates.Template | None:
    name, version = launch_templates.split(target.launch_template)
    key = "LaunchTemplateIds" if name.startswith("lt-") else "LaunchTemplateNames"
    try:
        there = ec2.describe_launch_templates(**{key: [name]})["LaunchTemplates"]
    except botocore.exceptions.ClientError as error:
        if not code(error).startswith("InvalidLaunchTemplate"):
            raise
        there = []
    if there:
        return launch_templates.find(ec2, target.launch_template, NAME)
    if name.startswith("lt-") or version != "$Default":
        raise RefusedError(
            f"There is no launch template {target.launch_template} in {target.region}: "
            "to have one created, give a name and no version."
        )
    return None
