"""Ending a run's instances, with a record of it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import instances, runs
from benchmarks.aws import Client
from benchmarks.errors import FailedError

# Bare-metal types take minutes.
TIMEOUT = 600.0  # seconds


def end(
    ec2: Client, run_id: str, directory: Path, *, only: str | None = None, timeout: float = TIMEOUT, dry: bool = False
) -> list[str]:
    """End the run's instances, or only one, and wait until they are gone; the ids that this call ended.

    Writes when each was told to end into `terminated.json`. Raises FailedError where one is still there after `timeout`
    seconds, and where neither AWS nor the run's directory knows of the run.
    """
    if dry:
        return [i["InstanceId"] for i in instances.alive(ec2, run_id) if only in (None, i["InstanceId"])]
    told = _tell(ec2, run_id, only)
    if not (told or (directory / "parameters.yml").exists() or instances.any_of(ec2, run_id)):
        raise FailedError(f"No run {run_id} is known: it has no directory here and no instance in this region.")
    instances.wait_gone(ec2, run_id, timeout, only)
    _record(directory, told)
    return list(told)


def sentence(run_id: str, region: str, ended: Sequence[str]) -> str:
    """What `end` has done."""
    if not ended:
        return f"The run {run_id} has no instance in {region}."
    return f"Ended {', '.join(ended)}; nothing of the run is left."


def end_with_latecomers(ec2: Client, run_id: str, directory: Path, patience: float) -> list[str]:
    """End the run's instances at once, then again those that turn up later; all that were ended.

    A launch that was interrupted may have reached EC2 though its answer did not arrive, and a new instance's tags are
    seen only after a while. Raises FailedError where one is still there in the end.
    """
    deadline = time.monotonic() + patience
    told = _tell(ec2, run_id)
    while time.monotonic() < deadline:
        time.sleep(min(1.0, patience))
        told = {**_tell(ec2, run_id), **told}
    instances.wait_gone(ec2, run_id, TIMEOUT)
    _record(directory, told)
    return sorted(told)


def _tell(ec2: Client, run_id: str, only: str | None = None) -> dict[str, str]:
    """Tell EC2 to end instances; which ones, and when."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return dict.fromkeys(instances.terminate(ec2, run_id, only), at)


def _record(directory: Path, told: Mapping[str, str]) -> None:
    if told:
        runs.add_to_record(directory, "terminated.json", told)
