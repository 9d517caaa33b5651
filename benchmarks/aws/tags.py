"""Tags: the keys on a run's instances, and AWS's format."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.aws.session import AwsShape

RUN = "benchmarks:run"
HOST = "benchmarks:host"  # the host's number in the run, from 1
OWNER = "benchmarks:owner"
VERSION = "benchmarks:version"  # of this tool
EXPIRES = "benchmarks:expires"  # when the instance powers itself off
LIFETIME = "benchmarks:lifetime"  # minutes from launch until then
PRICE = "benchmarks:usd-per-hour"
# What the console shows as a resource's name: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
NAME = "Name"
# The keys by which a launch makes its instances known; benchmarks:template, which setup writes, is not one of them.
OF_LAUNCH = frozenset({RUN, HOST, OWNER, VERSION, EXPIRES, LIFETIME, PRICE})
# EC2 sets this tag itself: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-templates.html
LAUNCH_TEMPLATE = "aws:ec2launchtemplate:id"


def of(resource: AwsShape) -> dict[str, str]:
    """The tags of a resource from a Describe call, as a dict."""
    return {tag["Key"]: tag["Value"] for tag in resource.get("Tags", [])}


def as_list(values: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags in the format of AWS requests."""
    return [{"Key": key, "Value": value} for key, value in values.items()]
