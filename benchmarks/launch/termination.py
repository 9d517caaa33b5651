"""Terminates a run's instances. This needs AWS only: the run's records are read and updated if possible."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.aws import aws_errors, instances, opt_in_regions
from benchmarks.aws.session import AwsShape, Client, Connect
from benchmarks.errors import FailedError
from benchmarks.launch import remaining, ssh_login
from benchmarks.runs import parameters_file, record_files, run_layout
from benchmarks.runs.records import Ended, Terminated

# Bare-metal instances take minutes.
TIMEOUT = 600.0  # seconds

PowerOff = Callable[[Path, AwsShape], bool]


def end(
    ec2: Client,
    run_id: str,
    directory: Path,
    *,
    only: str | None = None,
    timeout: float = TIMEOUT,
    late_arrivals: float = 0.0,
    told: Callable[[Sequence[str]], None] = lambda ids: None,
    power_off: PowerOff = ssh_login.power_off,
    sleep: Callable[[float], None] = time.sleep,
) -> list[str]:
    """Terminate the run's instances, or only the one `only`, and wait for it; return the ids that this call terminated.

    EC2 may have accepted an interrupted launch, and the tags of a new instance become visible only after a while:
    instances that appear within `late_arrivals` seconds are terminated too. TerminateInstances is repeated until all
    are gone; `told` is called with the ids that were newly terminated. An instance with termination protection is
    powered off over SSH. The times are recorded, and the run's keys deleted once no instance is left.

    Raises FailedError if an instance still exists after `timeout` seconds, or could be neither terminated nor powered
    off.
    """
    began = time.monotonic()
    ended: dict[str, datetime] = {}
    protected: dict[str, bool] = {}  # whether each could be powered off
    while True:
        left = [i for i in instances.existing(ec2, run_id, _recorded_ids(directory)) if only in (None, i["InstanceId"])]
        alive = [i for i in left if i["State"]["Name"] in instances.ALIVE and i["InstanceId"] not in protected]
        answer = instances.terminate(ec2, alive)
        for instance in answer.protected:
            protected[instance["InstanceId"]] = power_off(directory, instance)
        off = [id for id, is_off in protected.items() if is_off]
        at = datetime.now(UTC).replace(microsecond=0)
        if new := [id for id in (*answer.ending, *off) if id not in ended]:
            ended |= dict.fromkeys(new, at)
            told(new)
            _record(directory, ended)
        waited = time.monotonic() - began
        waiting = [i["InstanceId"] for i in left if protected.get(i["InstanceId"], True)]
        if not waiting and waited >= late_arrivals:
            break
        if waited > timeout:
            raise FailedError(f"{', '.join(waiting)} still exists after {timeout:.0f} seconds.")
        sleep(1)
    note_gone(ec2, run_id, directory)
    if stuck := [id for id, is_off in protected.items() if not is_off]:
        raise FailedError(_protected(stuck, ec2.meta.region_name))
    if not instances.existing(ec2, run_id):
        shutil.rmtree(directory / run_layout.KEYS, ignore_errors=True)
    return sorted(ended)


def explain(error: Exception, connect: Connect, region: str, run_id: str, directory: Path) -> str:
    """Why instances could not be terminated, which remain, what they cost, and the command that terminates them."""
    try:
        left = remaining.of(connect("ec2"), run_id)
        told = remaining.report(left, run_id, region, directory) if left else ""
    except aws_errors.ERRORS:
        told = remaining.unknown(run_id, region, directory)
    return "\n".join(filter(None, [opt_in_regions.sentence(error, connect, region), told]))


def note_gone(ec2: Client, run_id: str, directory: Path) -> None:
    """Record when instances ended that were not terminated from here, so that their cost is counted until then only.

    If EC2 does not say when, the current time is recorded.
    """
    known = (record_files.recall(Terminated, directory) or Terminated()).times
    now = datetime.now(UTC).replace(microsecond=0)
    found = {i["InstanceId"]: instances.ended_at(i) or now for i in instances.gone(ec2, run_id)}
    _record(directory, {id: at for id, at in found.items() if id not in known})


def check_known(ec2: Client, run_id: str, directory: Path) -> None:
    """Raises FailedError if neither AWS nor the run's directory knows the run."""
    if not ((directory / parameters_file.PARAMETERS).exists() or instances.any_of(ec2, run_id)):
        raise FailedError(f"No run {run_id} is known: it has no directory here and no instance in this region.")


def would_end(ec2: Client, run_id: str, only: str | None = None) -> list[str]:
    """The ids of the instances that `end` would terminate."""
    return [i["InstanceId"] for i in instances.alive(ec2, run_id) if only in (None, i["InstanceId"])]


def sentence(run_id: str, region: str, ended: Sequence[str]) -> str:
    """What `end` did, as a sentence."""
    if not ended:
        return f"The run {run_id} has no instance in {region}."
    return f"Ended {', '.join(ended)}; nothing of the run is left."


def _recorded_ids(directory: Path) -> frozenset[str]:
    """The ids of the instances that still exist according to the run's records."""
    return frozenset(instance.instance_id for instance in remaining.not_ended(directory))


def _protected(ids: Sequence[str], region: str) -> str:
    command = f"aws ec2 modify-instance-attribute --region {region} --no-disable-api-termination --instance-id"
    lift = "\n".join(f"{command} {instance_id}" for instance_id in ids)
    return (
        f"{', '.join(ids)} is protected from being ended, and could not be switched off over SSH. Lift its protection "
        f"first:\n{lift}"
    )


def _record(directory: Path, ended: Mapping[str, datetime]) -> None:
    # Only the cost depends on this record; the directory may be gone, or the disk full.
    if ended and directory.is_dir():
        with suppress(OSError):
            record_files.change(Terminated, directory, lambda known: _with(known or Terminated(), ended))


def _with(known: Terminated, ended: Mapping[str, datetime]) -> Terminated:
    times = {**known.times, **ended}
    return Terminated(instances=tuple(Ended(instance_id=id, at=at) for id, at in times.items()))
