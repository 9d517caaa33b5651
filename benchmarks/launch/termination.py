"""Ending a run's instances. Nothing but AWS is needed for that: records are kept where they can be."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.aws import aws_errors, instances
from benchmarks.aws.session import AwsShape, Client
from benchmarks.errors import FailedError
from benchmarks.launch import remaining, ssh_login
from benchmarks.runs import parameters_file, record_files, run_layout
from benchmarks.runs.records import Ended, Terminated

# Bare-metal types take minutes.
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
    """End the run's instances, or only one, and wait until they are gone; the ids that this call ended.

    An interrupted launch may have reached EC2 although no answer arrived, and the tags of a new instance become visible
    only after a while: instances that appear within `late_arrivals` seconds are ended too. TerminateInstances is called
    again for as long as an instance exists; `told` is called after the first time. An instance that is protected from
    termination is powered off over SSH. Records when each was ended, and deletes the run's keys once no instance is
    left to log in to.

    Raises FailedError where one is still there after `timeout` seconds, and for one that is protected from both.
    """
    began = time.monotonic()
    ended: dict[str, datetime] = {}
    protected: dict[str, bool] = {}  # and whether it could be switched off
    while True:
        left = [i for i in instances.existing(ec2, run_id, _unaccounted(directory)) if only in (None, i["InstanceId"])]
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


def explain(error: Exception, ec2: Client, run_id: str, directory: Path) -> str:
    """Why instances could not be ended, with what is left of them, what it costs and what ends it."""
    region = ec2.meta.region_name
    try:
        left = remaining.of(ec2, run_id)
        told = remaining.report(left, run_id, region, directory) if left else ""
    except aws_errors.ERRORS:
        told = remaining.unknown(run_id, region, directory)
    return "\n".join(filter(None, [aws_errors.sentence(error), told]))


def note_gone(ec2: Client, run_id: str, directory: Path) -> None:
    """Write down of instances that nobody here has ended when they did, so that they cost nothing from then on.

    Where EC2 does not say when, it is the time at which that was seen.
    """
    known = (record_files.recall(Terminated, directory) or Terminated()).times
    now = datetime.now(UTC).replace(microsecond=0)
    found = {i["InstanceId"]: instances.ended_at(i) or now for i in instances.gone(ec2, run_id)}
    _record(directory, {id: at for id, at in found.items() if id not in known})


def check_known(ec2: Client, run_id: str, directory: Path) -> None:
    """Raises FailedError where neither AWS nor the run's directory knows of the run."""
    if not ((directory / parameters_file.PARAMETERS).exists() or instances.any_of(ec2, run_id)):
        raise FailedError(f"No run {run_id} is known: it has no directory here and no instance in this region.")


def would_end(ec2: Client, run_id: str, only: str | None = None) -> list[str]:
    """The ids of the instances that `end` would end."""
    return [i["InstanceId"] for i in instances.alive(ec2, run_id) if only in (None, i["InstanceId"])]


def sentence(run_id: str, region: str, ended: Sequence[str]) -> str:
    """What `end` has done."""
    if not ended:
        return f"The run {run_id} has no instance in {region}."
    return f"Ended {', '.join(ended)}; nothing of the run is left."


def _unaccounted(directory: Path) -> frozenset[str]:
    """The ids of instances that the run has launched, as far as no end of them is recorded."""
    return frozenset(instance.instance_id for instance in remaining.not_ended(directory))


def _protected(ids: Sequence[str], region: str) -> str:
    command = f"aws ec2 modify-instance-attribute --region {region} --no-disable-api-termination --instance-id"
    lift = "\n".join(f"{command} {instance_id}" for instance_id in ids)
    return (
        f"{', '.join(ids)} is protected from being ended, and could not be switched off over SSH. Lift its protection "
        f"first:\n{lift}"
    )


def _record(directory: Path, ended: Mapping[str, datetime]) -> None:
    # The record is for the cost's sake; its directory may be full or gone.
    if ended and directory.is_dir():
        with suppress(OSError):
            record_files.change(Terminated, directory, lambda known: _with(known or Terminated(), ended))


def _with(known: Terminated, ended: Mapping[str, datetime]) -> Terminated:
    times = {**known.times, **ended}
    return Terminated(instances=tuple(Ended(instance_id=id, at=at) for id, at in times.items()))
