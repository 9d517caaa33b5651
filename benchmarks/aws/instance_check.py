"""Asks EC2 whether an instance still runs, for a host that does not answer over SSH.

Runs as a command with region and instance id as arguments. If the instance does not run, it prints why and exits with
status 1. If it does, or if EC2 cannot be asked, it exits with status 0.
"""

from __future__ import annotations

import sys

from benchmarks.aws import aws_errors, instances, session
from benchmarks.aws.session import AwsShape


def sentence(instance: AwsShape | None, instance_id: str) -> str:
    """Why the instance does not run; empty if it does or may. `instance` is from DescribeInstances."""
    if instance is None or instance["State"]["Name"] in ("pending", "running"):
        return ""
    if (stated := _taken_back(instance)) is not None:
        return (
            f"EC2 took back the spot instance {instance_id} ({stated}): start a new run, or launch on demand by a "
            "template without InstanceMarketOptions."
        )
    reason = (instance.get("StateReason") or {}).get("Message") or instance.get("StateTransitionReason")
    return f"{instance_id} is {instance['State']['Name']}: {reason or 'EC2 gives no reason'}. Start a new run."


def _taken_back(instance: AwsShape) -> str | None:
    """EC2's code for the interruption of a spot instance, None if it was ended otherwise.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html
    """
    reason = instance.get("StateReason") or {}
    stated = str(reason.get("Code") or reason.get("Message") or "").partition(":")[0]
    return stated if stated.startswith("Server.SpotInstance") else None


def main() -> None:
    region, instance_id = sys.argv[1:]
    try:
        found = instances.find(session.connector(region, attempts=2, connect_timeout=5)("ec2"), instance_id)
    except aws_errors.errors():
        # The error may be temporary, and the caller asks again.
        return
    if said := sentence(found, instance_id):
        print(said)
        sys.exit(1)


if __name__ == "__main__":
    main()
