"""The instances of a run, found by the run's tag."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import botocore.exceptions

from benchmarks import hints
from benchmarks.aws import aws_errors, tags
from benchmarks.aws.aws_errors import code
from benchmarks.aws.session import AwsShape, Client
from benchmarks.runs.records import Instance

ALIVE = ("pending", "running", "stopping", "stopped")
# As in "User initiated (2026-05-19 08:15:00 GMT)":
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
_SINCE = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:GMT|UTC)\)")
# Error codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
PROTECTED = "OperationNotPermitted"
# For an instance that is gone, and for one so new that not all of EC2 knows it yet.
UNKNOWN = "InvalidInstanceID.NotFound"
# Until then EC2, which is eventually consistent, need not show a new instance:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/query-api-troubleshooting.html#eventual-consistency
YOUNG = timedelta(minutes=5)


def _described(ec2: Client, run_id: str, states: Collection[str] = ()) -> list[AwsShape]:
    filters = [{"Name": f"tag:{tags.RUN}", "Values": [run_id]}]
    if states:
        filters.append({"Name": "instance-state-name", "Values": sorted(states)})
    pages = ec2.get_paginator("describe_instances").paginate(Filters=filters)
    return [i for page in pages for reservation in page["Reservations"] for i in reservation["Instances"]]


def is_alive(instance: AwsShape) -> bool:
    """Whether an instance can still cost money or be made to: not if it is shutting down or terminated.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
    """
    return instance["State"]["Name"] in ALIVE


def alive(ec2: Client, run_id: str, known: Collection[str] = ()) -> list[AwsShape]:
    """The run's instances that are neither terminated nor shutting down.

    Instances with ids in `known` are looked up by id too, since the search by tag may not show new ones yet.
    """
    found = _described(ec2, run_id, ALIVE)
    missed = sorted(set(known) - {i["InstanceId"] for i in found})
    return found + [i for i in (find(ec2, one) for one in missed) if i and is_alive(i)]


def existing(ec2: Client, run_id: str, known: Collection[str] = ()) -> list[AwsShape]:
    """The run's instances that are not terminated, including those shutting down.

    Instances with ids in `known` are looked up by id too, since the search by tag may not show new ones yet.
    """
    found = {i["InstanceId"]: i for i in _described(ec2, run_id)}
    for instance_id in set(known) - found.keys():
        if instance := find(ec2, instance_id):
            found[instance_id] = instance
    return [i for i in found.values() if i["State"]["Name"] != "terminated"]


def of_all_runs(ec2: Client) -> list[AwsShape]:
    """The region's instances of any run, by whomever and in any state."""
    filters = [{"Name": "tag-key", "Values": [tags.RUN]}]
    pages = ec2.get_paginator("describe_instances").paginate(Filters=filters)
    return [i for page in pages for reservation in page["Reservations"] for i in reservation["Instances"]]


def gone(ec2: Client, run_id: str) -> list[AwsShape]:
    """The run's instances that are shutting down or terminated, as long as EC2 still shows them."""
    states = ("shutting-down", "terminated")
    return [instance for instance in _described(ec2, run_id, states) if instance["State"]["Name"] in states]


def ended_at(instance: AwsShape) -> datetime | None:
    """The time of an instance's last state change, None if EC2 does not say."""
    since = _SINCE.search(instance.get("StateTransitionReason") or "")
    return datetime.fromisoformat(since[1]).replace(tzinfo=UTC) if since else None


def any_of(ec2: Client, run_id: str) -> bool:
    """Whether EC2 shows any instance of the run, even a terminated one."""
    return bool(_described(ec2, run_id))


def host_of(instance: AwsShape) -> int:
    return int(tags.of(instance).get(tags.HOST, "1"))


def record(instance: AwsShape) -> Instance:
    """The record of an instance, as kept in the run's directory; instance_facts adds what EC2 answers elsewhere.

    Without InstanceLifecycle, an instance is on demand:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-purchasing-options.html
    """
    placement = instance["Placement"]
    return Instance(
        host=host_of(instance),
        instance_id=instance["InstanceId"],
        instance_type=instance["InstanceType"],
        zone=placement["AvailabilityZone"],
        public_dns=instance.get("PublicDnsName") or None,
        public_ip=instance.get("PublicIpAddress"),
        private_ip=instance.get("PrivateIpAddress"),
        launched=instance["LaunchTime"],
        tags=tags.of(instance),
        zone_id=placement.get("AvailabilityZoneId"),
        tenancy=placement.get("Tenancy"),
        lifecycle=instance.get("InstanceLifecycle") or "on-demand",
        ami=instance.get("ImageId"),
    )


def stopped(instance: AwsShape, run_id: str) -> str:
    """That an instance has been stopped, as a sentence; empty if it has not. What its disk holds is still there.

    EC2 itself stops instances that are to be retired:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/schedevents_actions_retire.html
    """
    if instance["State"]["Name"] not in ("stopping", "stopped"):
        return ""
    return (
        f"{instance['InstanceId']} has been stopped: start it by aws ec2 start-instances, or end it by "
        + hints.command_line(f"bench.terminate --run-id {run_id}")
    )


def wait_running(
    ec2: Client, run_id: str, ids: Collection[str], timeout: float, sleep: Callable[[float], None] = time.sleep
) -> tuple[list[AwsShape], dict[str, str]]:
    """Wait until all instances in `ids` are running and are found by the run's tag, or cannot be any more.

    New tags become visible only after a while (eventual consistency); until then, a search by tag misses the instance.
    Returns the running ones, and of each of the others why it is not: it was terminated or stopped, or did not run
    within `timeout` seconds. As long, AWS is asked again if it is out of reach. Raises what AWS does.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            seen = {i["InstanceId"]: i for i in _described(ec2, run_id) if i["InstanceId"] in ids}
        except aws_errors.of_aws() as error:
            if not aws_errors.may_pass(error) or time.monotonic() > deadline:
                raise
            sleep(1)
            continue
        failed = {id: why for id, instance in seen.items() if (why := _why_not_running(instance, run_id))}
        running = [i for i in seen.values() if i["State"]["Name"] == "running"]
        waiting = sorted(set(ids) - failed.keys() - {i["InstanceId"] for i in running})
        if not waiting:
            return running, failed
        if time.monotonic() > deadline:
            late = "did not start within {:.0f} seconds: start a new run, or choose another instance type."
            return running, {**failed, **{id: f"{id} {late.format(timeout)}" for id in waiting}}
        sleep(1)


def _why_not_running(instance: AwsShape, run_id: str) -> str:
    """Why an instance that was launched will not be running, as a sentence; empty if it may be."""
    if instance["State"]["Name"] in ("shutting-down", "terminated"):
        reason = instance.get("StateReason", {}).get("Message") or "no reason given"
        return f"{instance['InstanceId']} ended while it was starting: {reason}. Start a new run."
    return stopped(instance, run_id)


@dataclass(frozen=True)
class TerminationAnswer:
    """The result of `terminate`: the ids that EC2 is terminating, and the instances with termination protection."""

    ending: tuple[str, ...]
    protected: tuple[AwsShape, ...]


def terminate(ec2: Client, found: Iterable[AwsShape]) -> TerminationAnswer:
    """Terminate instances, without waiting for them.

    Each has a call of its own, since in one call a protected instance would keep the others of its zone alive:
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html
    Raises the first ClientError of any other kind, after the calls for all instances.
    """
    ending: list[str] = []
    protected: list[AwsShape] = []
    errors: list[botocore.exceptions.ClientError] = []
    for instance in found:
        try:
            ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
            ending.append(instance["InstanceId"])
        except botocore.exceptions.ClientError as error:
            if code(error) == PROTECTED:
                protected.append(instance)
            elif code(error) != UNKNOWN:
                errors.append(error)
    if errors:
        raise errors[0]
    return TerminationAnswer(tuple(ending), tuple(protected))


def shown(ec2: Client, ids: Collection[str]) -> frozenset[str]:
    """Which of these instances EC2 shows, in whatever state."""
    pages = ec2.get_paginator("describe_instances").paginate(Filters=[{"Name": "instance-id", "Values": sorted(ids)}])
    found = (i["InstanceId"] for page in pages for r in page["Reservations"] for i in r["Instances"])
    return frozenset(ids).intersection(found)


def find(ec2: Client, instance_id: str) -> AwsShape | None:
    """An instance from DescribeInstances, None if EC2 does not show it any more, or not yet."""
    pages = ec2.get_paginator("describe_instances").paginate(Filters=[{"Name": "instance-id", "Values": [instance_id]}])
    return next((i for page in pages for r in page["Reservations"] for i in r["Instances"]), None)
