"""Says whether an instance is there, as EC2 knows it: for a host that does not answer over SSH.

Called as a command with region and instance id. Exit code 1 and a sentence: it is not. 0: it is, or EC2 does not say.
"""

from __future__ import annotations

import sys

from benchmarks.aws import aws_errors, instances, session
from benchmarks.aws.session import AwsShape


def sentence(instance: AwsShape | None, instance_id: str) -> str:
    """Why the instance is not there; empty where it is, or may be. `instance` is as DescribeInstances shows it."""
    if instance is None or instance["State"]["Name"] in ("pending", "running"):
        return ""
    reason = (instance.get("StateReason") or {}).get("Message") or instance.get("StateTransitionReason")
    return f"{instance_id} is {instance['State']['Name']}: {reason or 'EC2 gives no reason'}."


def main() -> None:
    region, instance_id = sys.argv[1:]
    try:
        found = instances.find(session.connector(region, attempts=2, connect_timeout=5)("ec2"), instance_id)
    except aws_errors.ERRORS:
        # What EC2 cannot say now it may say in a moment: the caller asks again.
        return
    if said := sentence(found, instance_id):
        print(said)
        sys.exit(1)


if __name__ == "__main__":
    main()
