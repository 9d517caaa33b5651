"""Ending a run's instances. Nothing but AWS is needed for that: records are kept where they can be."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import instances, login, remaining, runs
from benchmarks.aws import Client
from benchmarks.errors import FailedError

RECORD = "terminated.json"
# Bare-metal types take minutes.
TIMEOUT = 600.0  # seconds

PowerOff = Callable[[Path, Mapping[str, Any]], bool]


def end(
    ec2: Client,
    run_id: str,
    directory: Path,
    *,
    only: str | None = None,
    timeout: float = TIMEOUT,
    latecomers: float = 0.0,
    told: Callable[[Sequence[str]], None] = lambda ids: None,
    power_off: PowerOff = login.power_off,
) -> list[str]:
    """End the run's instances, or only one, and wait until they are gone; the ids that this call ended.

    A launch that was interrupted may have reached EC2 though its answer did not arrive, and a new instance's tags are
    seen only after a while: for `latecomers` seconds those are ended too that turn up. `told` is called when EC2 has
    been told the first time. An instance that is protected from being ended is switched off from inside. Writes when
    each was told to end into `terminated.json`, and deletes the run's keys once no instance is left to log in to.

    Raises FailedError where one is still there after `timeout` seconds, and for one that is protected from both.
    """
    deadline = time.monotonic() + latecomers
    ended, protected = _tell(ec2, run_id, directory, only, power_off)
    told(list(ended))
    while time.monotonic() < deadline:
        time.sleep(min(1.0, latecomers))
        later, protected = _tell(ec2, run_id, directory, only, power_off)
        ended = {**later, **ended}
    instances.wait_gone(ec2, run_id, timeout, only, ignored=protected)
    _record(directory, ended)
    note_gone(ec2, run_id, directory)
    if protected:
        left = [one for one in remaining.of(ec2, run_id) if one.instance_id in protected]
        raise FailedError(_protected(left, run_id, ec2.meta.region_name, directory))
    if not remaining.of(ec2, run_id):
        shutil.rmtree(directory / "keys", ignore_errors=True)
    return sorted(ended)


def note_gone(ec2: Client, run_id: str, directory: Path) -> None:
    """Write down of instances that nobody here has ended when they did, so that they cost nothing from then on.

    Where EC2 does not say when, it is the time at which that was seen.
    """
    known = runs.recall(directory, RECORD) or {}
    found = {i["InstanceId"]: instances.ended_at(i) or datetime.now(UTC) for i in instances.gone(ec2, run_id)}
    _record(directory, {id: at.isoformat(timespec="seconds") for id, at in found.items() if id not in known})


def check_known(ec2: Client, run_id: str, directory: Path) -> None:
    """Raises FailedError where neither AWS nor the run's directory knows of the run."""
    if not ((directory / runs.PARAMETERS).exists() or instances.any_of(ec2, run_id)):
        raise FailedError(f"No run {run_id} is known: it has no directory here and no instance in this region.")


def would_end(ec2: Client, run_id: str, only: str | None = None) -> list[str]:
    """The ids of the instances that `end` would end."""
    return [i["InstanceId"] for i in instances.alive(ec2, run_id) if only in (None, i["InstanceId"])]


def sentence(run_id: str, region: str, ended: Sequence[str]) -> str:
    """What `end` has done."""
    if not ended:
        return f"The run {run_id} has no instance in {region}."
    return f"Ended {', '.join(ended)}; nothing of the run is left."


def _tell(
    ec2: Client, run_id: str, directory: Path, only: str | None, power_off: PowerOff
) -> tuple[dict[str, str], frozenset[str]]:
    """Tell instances to end; which ones and when, and those that cannot be told because they are protected."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    answer = instances.terminate(ec2, run_id, only)
    off = {i["InstanceId"] for i in answer.protected if power_off(directory, i)}
    return dict.fromkeys([*answer.ending, *sorted(off)], at), _ids(answer.protected) - off


def _ids(found: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(instance["InstanceId"] for instance in found)


def _protected(left: Sequence[remaining.Remaining], run_id: str, region: str, directory: Path) -> str:
    ids = ", ".join(one.instance_id for one in left)
    command = f"aws ec2 modify-instance-attribute --region {region} --no-disable-api-termination --instance-id"
    lift = "\n".join(f"{command} {one.instance_id}" for one in left)
    return (
        f"{ids} is protected from being ended, and could not be switched off over SSH. Lift its protection first:\n"
        f"{lift}\n{remaining.report(left, run_id, region, directory)}"
    )


def _record(directory: Path, ended: Mapping[str, str]) -> None:
    # The record is for the cost's sake; its directory may be full or gone.
    if ended and directory.is_dir():
        with suppress(OSError):
            runs.add_to_record(directory, RECORD, ended)
