"""Asks EC2 whether an instance still runs, for a host that does not answer over SSH.

Runs as a command with region and instance id as arguments. If the instance does not run, it prints why and exits with
status 1. If it does, or if EC2 cannot be asked, it exits with status 0. With a third argument, WITH_CHECKS, an instance
that runs and fails EC2's status checks does not count as running.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from benchmarks.aws import aws_errors, instances, session
from benchmarks.aws.session import AwsShape, Client

WITH_CHECKS = "with-checks"
# What becomes of an instance is told as if it had come to its end, so that it is the same whenever EC2 is asked.
_ENDS = {"shutting-down": "terminated", "stopping": "stopped"}
# EC2 checks once a minute. One check that has failed may pass again, as while a machine has no memory left.
IMPAIRED = timedelta(minutes=2)


def sentence(instance: AwsShape | None) -> str:
    """Why the instance does not run; empty if it does or may. `instance` is from DescribeInstances."""
    if instance is None or instance["State"]["Name"] in ("pending", "running"):
        return ""
    if _taken_back(instance):
        next_step = ": start a new run, or launch on demand by a template without InstanceMarketOptions."
    else:
        next_step = ". Start a new run."
    return f"{reason(instance)}{next_step}"


def reason(instance: AwsShape) -> str:
    """Why an instance does not run, as EC2 gives it, without a full stop. `instance` is from DescribeInstances."""
    if (stated := _taken_back(instance)) is not None:
        return f"EC2 took back the spot instance {instance['InstanceId']} ({stated})"
    said = (instance.get("StateReason") or {}).get("Message") or instance.get("StateTransitionReason")
    state = instance["State"]["Name"]
    return f"{instance['InstanceId']} is {_ENDS.get(state, state)}: {said or 'EC2 gives no reason'}"


def _taken_back(instance: AwsShape) -> str | None:
    """EC2's code for the interruption of a spot instance, None if it was ended otherwise.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html
    """
    reason = instance.get("StateReason") or {}
    stated = str(reason.get("Code") or reason.get("Message") or "").partition(":")[0]
    return stated if stated.startswith("Server.SpotInstance") else None


def failed(status: AwsShape | None, now: datetime) -> str:
    """Why an instance that EC2 calls running has failed, empty if it has not, or if that is not sure yet.

    `status` is from DescribeInstanceStatus. Only a check that has failed for IMPAIRED counts, not one that has just
    begun or lacks data. The check of the instance is whether its network interface answers, that of the system is of
    the machine below it: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html
    """
    if status is None or status["InstanceState"]["Name"] != "running":
        return ""
    for name, check in (("instance", "InstanceStatus"), ("system", "SystemStatus")):
        found = status.get(check) or {}
        since = [one["ImpairedSince"] for one in found.get("Details", ()) if one.get("ImpairedSince")]
        if found.get("Status") == "impaired" and since and now - min(since) >= IMPAIRED:
            return (
                f"{status['InstanceId']} has failed, though EC2 calls it running: it has not passed EC2's {name} "
                f"status check since {min(since).astimezone(UTC):%H:%M UTC}. Start a new run."
            )
    return ""


def _failed(ec2: Client, instance_id: str) -> str:
    """Why an instance has failed by EC2's status checks and clock; empty if it has not, or if that is not known.

    The permission may be missing. This machine's clock may be minutes fast, as after sleep, which AWS accepts.
    """
    try:
        answer = ec2.describe_instance_status(InstanceIds=[instance_id])
    except aws_errors.errors():
        return ""
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    return failed(next(iter(answer["InstanceStatuses"]), None), parsedate_to_datetime(date)) if date else ""


def main() -> None:
    region, instance_id, *more = sys.argv[1:]
    try:
        ec2 = session.connector(region, attempts=2, connect_timeout=5)("ec2")
        found = instances.find(ec2, instance_id)
    except aws_errors.errors():
        # The error may be temporary, and the caller asks again.
        return
    said = sentence(found)
    if not said and found and WITH_CHECKS in more:
        said = _failed(ec2, instance_id)
    if said:
        print(said)
        sys.exit(1)


if __name__ == "__main__":
    main()
