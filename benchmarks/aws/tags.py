"""Tags: how AWS writes them, and the keys of those that a run's instances have."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.aws.session import AwsShape

RUN = "benchmarks:run"
HOST = "benchmarks:host"  # its number, from 1
OWNER = "benchmarks:owner"
VERSION = "benchmarks:version"  # of this tool
EXPIRES = "benchmarks:expires"  # when the instance switches itself off
LIFETIME = "benchmarks:lifetime"  # minutes from its start
PRICE = "benchmarks:usd-per-hour"
# EC2 tags what it launches: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-templates.html
LAUNCH_TEMPLATE = "aws:ec2launchtemplate:id"


def of(resource: AwsShape) -> dict[str, str]:
    """The tags of a resource, as a Describe call shows it."""
    return {tag["Key"]: tag["Value"] for tag in resource.get("Tags", [])}


def as_list(values: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as AWS takes them."""
    return [{"Key": key, "Value": value} for key, value in values.items()]
