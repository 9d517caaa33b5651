"""The records of instances with the facts that DescribeInstances may leave out: the zone's id, and the CPU credits.

They describe results and decide nothing, so what cannot be read, for whatever reason, is None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from benchmarks.aws import aws_errors, instances, subnets
from benchmarks.aws.session import AwsShape, Client
from benchmarks.runs.records import Instance


def records(ec2: Client, described: Sequence[AwsShape]) -> Iterator[Instance]:
    """The record of each instance, with all that EC2 tells of it; `described` are from DescribeInstances."""
    zone_ids = _if_possible(lambda: _zone_ids(ec2, described))
    cpu_credits = _if_possible(lambda: _cpu_credits(ec2, described))
    for one in described:
        known = instances.record(one)
        zone_id = known.zone_id or zone_ids.get(one.get("SubnetId", ""))
        yield replace(known, zone_id=zone_id, cpu_credits=cpu_credits.get(known.instance_id))


def _zone_ids(ec2: Client, described: Sequence[AwsShape]) -> Mapping[str, str]:
    """The ids of the zones that DescribeInstances has left out, by subnet. Raises ClientError."""
    without = [one for one in described if not one["Placement"].get("AvailabilityZoneId")]
    wanted = {one["SubnetId"] for one in without if one.get("SubnetId")}
    return subnets.zone_ids(ec2, sorted(wanted)) if wanted else {}


def _cpu_credits(ec2: Client, described: Sequence[AwsShape]) -> Mapping[str, str]:
    """The CPU credits, standard or unlimited, by the id of each instance of a burstable type. Raises ClientError.

    Only this call tells: a launch that does not choose gets the account's default for the family. For an instance of
    another type, EC2 answers "standard" or an error.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceCreditSpecifications.html
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-how-to.html
    """
    names = sorted({one["InstanceType"] for one in described})
    types = ec2.describe_instance_types(InstanceTypes=names)["InstanceTypes"]
    burstable = {info["InstanceType"] for info in types if info.get("BurstablePerformanceSupported")}
    ids = [one["InstanceId"] for one in described if one["InstanceType"] in burstable]
    if not ids:
        return {}
    # By ids: a search without them leaves out instances with standard credits.
    found = ec2.describe_instance_credit_specifications(InstanceIds=ids)["InstanceCreditSpecifications"]
    return {one["InstanceId"]: one["CpuCredits"] for one in found if one.get("CpuCredits")}


def _if_possible(call: Callable[[], Mapping[str, str]]) -> Mapping[str, str]:
    """What `call` finds; nothing if a permission is missing or AWS does not answer."""
    try:
        return call()
    except aws_errors.of_aws():
        return {}
