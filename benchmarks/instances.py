"""The instances of a run, as AWS knows them by the run's tag."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Any

from benchmarks import invocation
from benchmarks.aws import Client, tags
from benchmarks.errors import FailedError

RUN_TAG = "benchmarks:run"
ALIVE = ("pending", "running", "stopping", "stopped")


def _described(ec2: Client, run_id: str, states: Collection[str] = ()) -> list[dict[str, Any]]:
    filters = [{"Name": f"tag:{RUN_TAG}", "Values": [run_id]}]
    if states:
        filters.append({"Name": "instance-state-name", "Values": sorted(states)})
    pages = ec2.get_paginator("describe_instances").paginate(Filters=filters)
    return [i for page in pages for reservation in page["Reservations"] for i in reservation["Instances"]]


def alive(ec2: Client, run_id: str) -> list[dict[str, Any]]:
    """The run's instances that exist and have not begun to end."""
    return _described(ec2, run_id, ALIVE)


def any_of(ec2: Client, run_id: str) -> bool:
    """Whether EC2 still shows an instance of the run, be it one that has ended."""
    return bool(_described(ec2, run_id))


def host_of(instance: dict[str, Any]) -> int:
    return int(tags(instance).get("benchmarks:host", "1"))


def record(instance: dict[str, Any]) -> dict[str, Any]:
    """What is kept of an instance in the run's directory."""
    return {
        "host": host_of(instance),
        "instance_id": instance["InstanceId"],
        "instance_type": instance["InstanceType"],
        "zone": instance["Placement"]["AvailabilityZone"],
        "public_dns": instance.get("PublicDnsName") or None,
        "public_ip": instance.get("PublicIpAddress"),
        "private_ip": instance.get("PrivateIpAddress"),
        "launched": instance["LaunchTime"].isoformat(),
    }


def wait_running(
    ec2: Client, run_id: str, ids: Collection[str], timeout: float, sleep: Callable[[float], None] = time.sleep
) -> list[dict[str, Any]]:
    """Wait until all of `ids` run and are found by the run's tag.

    Raises FailedError where one ends, has been stopped, or time runs out.

    New tags are seen only after a while (eventual consistency); what relies on them would miss the instance until then.
    """
    deadline = time.monotonic() + timeout
    while True:
        seen = {i["InstanceId"]: i for i in _described(ec2, run_id) if i["InstanceId"] in ids}
        for instance in seen.values():
            if instance["State"]["Name"] in ("shutting-down", "terminated"):
                reason = instance.get("StateReason", {}).get("Message") or "no reason given"
                raise FailedError(f"{instance['InstanceId']} ended while it was starting: {reason}. Start a new run.")
            if instance["State"]["Name"] in ("stopping", "stopped"):
                raise FailedError(
                    f"{instance['InstanceId']} has been stopped: start it by aws ec2 start-instances, or end it by "
                    + invocation.line(f"bench.terminate --run-id {run_id}")
                )
        running = [i for i in seen.values() if i["State"]["Name"] == "running"]
        if len(running) == len(ids):
            return running
        if time.monotonic() > deadline:
            raise FailedError(f"{', '.join(sorted(ids))} did not come to run within {timeout:.0f} seconds.")
        sleep(1)


def terminate(ec2: Client, run_id: str, only: str | None = None) -> list[str]:
    """Tell EC2 to end the run's instances, or only the one named; the ids told. Does not wait."""
    ids = [i["InstanceId"] for i in alive(ec2, run_id) if only in (None, i["InstanceId"])]
    if ids:
        ec2.terminate_instances(InstanceIds=ids)
    return ids


def wait_gone(
    ec2: Client, run_id: str, timeout: float, only: str | None = None, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Wait until none of the run's instances exists any more.

    Raises FailedError with those that do when time runs out.
    """
    deadline = time.monotonic() + timeout
    while True:
        left = [
            i["InstanceId"]
            for i in _described(ec2, run_id, (*ALIVE, "shutting-down"))
            if only in (None, i["InstanceId"])
        ]
        if not left:
            return
        if time.monotonic() > deadline:
            raise FailedError(
                f"{', '.join(left)} still exists after {timeout:.0f} seconds: "
                + invocation.line(f"bench.terminate --run-id {run_id}")
            )
        sleep(1)
