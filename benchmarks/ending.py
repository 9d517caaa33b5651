"""Ending a run's instances, with a record of it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import instances, runs
from benchmarks.aws import Client


def end(
    ec2: Client, run_id: str, directory: Path, *, only: str | None = None, timeout: float = 600, dry: bool = False
) -> list[str]:
    """End the run's instances, or only one, and wait until they are gone; the ids that this call ended.

    Writes when each was told to end into `terminated.json`. Raises FailedError where one is still there after `timeout`
    seconds.
    """
    if dry:
        return [i["InstanceId"] for i in instances.alive(ec2, run_id) if only in (None, i["InstanceId"])]
    ended = instances.terminate(ec2, run_id, only)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    instances.wait_gone(ec2, run_id, timeout, only)
    if ended:
        before = runs.read_record(directory, "terminated.json") or {}
        runs.write_record(directory, "terminated.json", {**before, **dict.fromkeys(ended, at)})
    return ended


def end_with_latecomers(ec2: Client, run_id: str, directory: Path, patience: float) -> list[str]:
    """End the run's instances at once, then again those that turn up later; all that were ended.

    A launch that was interrupted may have reached EC2 though its answer did not arrive, and a new instance's tags are
    seen only after a while. Raises FailedError where one is still there in the end.
    """
    deadline = time.monotonic() + patience
    ended = set(instances.terminate(ec2, run_id))
    while time.monotonic() < deadline:
        ended |= set(instances.terminate(ec2, run_id))
        time.sleep(1)
    return sorted(ended | set(end(ec2, run_id, directory)))
