"""Terminates a run's instances. This needs AWS only: the run's records are read and updated if possible."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from benchmarks.aws import aws_errors, instances, opt_in_regions
from benchmarks.aws.session import AwsShape, Client, Connect
from benchmarks.errors import FailedError
from benchmarks.launch import kept, not_shown, remaining, ssh_login
from benchmarks.launch.left import of_own_machine
from benchmarks.runs import (
    events,
    failures,
    named_run,
    parameters_file,
    planned_hosts,
    record_files,
    run_layout,
    run_over,
)
from benchmarks.runs.event_records import InstanceTerminated
from benchmarks.runs.records import Ended, Terminated
from benchmarks.runs.run_id import is_valid

TIMEOUT = 600.0  # seconds until no instance may be alive
# How long instances that are shutting down are followed until they are terminated. Bare metal takes longer, and is
# billed no more than any other in this state: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
SETTLING = 120.0  # seconds

NEVER_LAUNCHED = "The run was ended before this host was launched: start a new run to measure on its type."

PowerOff = Callable[[Path, AwsShape], bool]


@dataclass(frozen=True)
class Outcome:
    """The ids that a call of `end` terminated, and those of instances that are still shutting down, sorted."""

    ended: tuple[str, ...] = ()
    shutting_down: tuple[str, ...] = ()


def end(
    ec2: Client,
    run_id: str,
    directory: Path,
    *,
    account: not_shown.Account = lambda: None,
    only: str | None = None,
    keep: bool = False,
    spared: Collection[str] = (),
    final: bool = True,
    timeout: float = TIMEOUT,
    settling: float = SETTLING,
    late_arrivals: float = 0.0,
    told: Callable[[Sequence[str]], None] = lambda ids: None,
    power_off: PowerOff = ssh_login.power_off,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Terminate the run's instances, or only the one `only`, and wait until none of them is alive.

    With only one, another that EC2 does not show yet is neither waited for nor a failure, and the run's keys stay.
    With `keep`, only those that must not be kept are terminated (see launch.kept). Hosts that are `spared`, by their
    names in records, stay as they are, also such as wait for their launch.

    They are then terminated, or shutting down, which is final and not billed; that is waited for no longer than
    `settling` seconds. EC2 may have accepted an interrupted launch, and the tags of a new instance become visible only
    after a while: instances that appear within `late_arrivals` seconds are terminated too. TerminateInstances is
    repeated as long as an instance is alive; `told` is called with the ids that were newly terminated. An instance with
    termination protection is powered off over SSH. The times are recorded, and the run's keys deleted once no instance
    is alive. That a run was ended is recorded even if nothing of it was there, so that who comes back launches nothing.
    But without `final`, as where nobody has asked for the end, a run of which nothing was there and nothing has failed
    goes on as it was: it may be launched later, or has been and is not visible yet.

    If EC2 shows no instance that the run has launched, `account` tells whose the credentials are: another account's
    end nothing of it.

    Raises FailedError if an instance is still alive after `timeout` seconds, or could be neither terminated nor powered
    off, or may be alive though EC2 does not show it; RefusedError, with nothing done, if the run is of another account.
    """
    not_shown.refuse_elsewhere(ec2, directory, account)
    if only is None and final and not (keep or spared) and planned_hosts.waiting(directory):
        # Before anything ends and leaves room: another process may be waiting to launch them.
        _mark(directory)
    # What is shown is ended first. For as long as that takes, the others are looked for.
    if not not_shown.shows_any(ec2, directory, only):
        not_shown.wait_for_new(ec2, directory, sleep, only)
    began = time.monotonic()
    over: float | None = None  # since when no instance is alive
    ended: dict[str, datetime] = {}
    protected: dict[str, bool] = {}  # whether each could be powered off
    while True:
        known = remaining.recorded_ids(directory) | ended.keys()
        left = _chosen(instances.existing(ec2, run_id, known), directory, only, keep, spared)
        alive = [i for i in left if instances.is_alive(i)]
        answer = instances.terminate(ec2, [i for i in alive if i["InstanceId"] not in protected])
        for instance in answer.protected:
            protected[instance["InstanceId"]] = power_off(directory, instance)
        off = [id for id, is_off in protected.items() if is_off]
        at = datetime.now(UTC).replace(microsecond=0)
        if new := [id for id in (*answer.ending, *off) if id not in ended]:
            ended |= dict.fromkeys(new, at)
            told(new)
            _record(directory, ended)
        now = time.monotonic()
        waiting = [i["InstanceId"] for i in alive if protected.get(i["InstanceId"], True)]
        over = None if waiting else over or now
        settled = over is not None and (len(left) == len(alive) or now - over >= settling)
        if settled and now - began >= late_arrivals:
            break
        if waiting and now - began > timeout:
            be = "is" if len(waiting) == 1 else "are"
            raise FailedError(f"{', '.join(waiting)} {be} still alive after {timeout:.0f} seconds.")
        sleep(1)
    note_gone(ec2, run_id, directory)
    if stuck := [id for id, is_off in protected.items() if not is_off]:
        raise FailedError(_protected(stuck, ec2.meta.region_name))
    is_final = final or run_over.was_ended(directory) or bool(failures.failures(directory))
    is_alive = any(map(instances.is_alive, instances.existing(ec2, run_id, remaining.recorded_ids(directory))))
    # The keys of one host are those of all, also of one that is not launched yet.
    waits = (only is not None or bool(spared)) and bool(planned_hosts.waiting(directory))
    if is_final and not is_alive and not waits:
        if why := not_shown.doubt(ec2, directory, account, ended, only):
            raise FailedError(why)
        if only is None:
            _mark(directory)
        # Another host of the run may be alive, which is no failure of this one.
        if only is None or not not_shown.doubt(ec2, directory, account, ended):
            shutil.rmtree(directory / run_layout.KEYS, ignore_errors=True)
    return Outcome(tuple(sorted(ended)), tuple(sorted(i["InstanceId"] for i in left)))


def explain(error: Exception, connect: Connect, region: str, run_id: str, directory: Path) -> str:
    """Why instances could not be terminated, which remain, what they cost, and the command that terminates them."""
    try:
        left = remaining.of(connect("ec2"), run_id, directory)
        told = remaining.report(left, run_id, region, directory) if left else ""
    except aws_errors.errors():
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


def launch_anew(ec2: Client, run_id: str, directory: Path) -> None:
    """Record, just before a run is launched, that nothing which has ended it before holds for this launch.

    Those of its instances that are gone by then are recorded, so that they are told from the new one, which may be
    ended from elsewhere. Until then the run counts as ended: a request may be refused after its plan, or only be a
    check. Raises OSError, and what AWS does.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    gone = {i["InstanceId"]: instances.ended_at(i) or now for i in instances.gone(ec2, run_id)}
    if gone or (directory / Terminated.FILE).is_file():
        record_files.change(
            Terminated,
            directory,
            lambda known: replace(_with(Terminated(), {**gone, **(known or Terminated()).times}), launched_anew=True),
        )


def note_expired(runs_dir: Path, runs: Mapping[str, str]) -> None:
    """Record instances that were ended now because they had expired, where their run is in `runs_dir`.

    `runs` has the run of each instance, as its tag says. Nothing is raised.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    for instance_id, name in runs.items():
        if is_valid(name) and named_run.is_planned(runs_dir / name):
            _record(runs_dir / name, {instance_id: now})


def check_known(ec2: Client, run_id: str, directory: Path) -> None:
    """Raises FailedError if neither AWS nor the run's directory knows the run, or if its machine is the user's own."""
    if instances.any_of(ec2, run_id):
        return
    if own := of_own_machine(directory):
        raise FailedError(own)
    if not ((directory / parameters_file.PARAMETERS).exists() or named_run.is_begun(directory)):
        raise FailedError(
            f"No run {run_id} is known: it has no directory here and no instance in this region. Check its "
            "name and --region."
        )


def would_end(
    ec2: Client,
    run_id: str,
    directory: Path,
    only: str | None = None,
    *,
    account: not_shown.Account = lambda: None,
    keep: bool = False,
    spared: Collection[str] = (),
) -> list[str]:
    """The ids of the instances that `end` would terminate. Raises RefusedError as that does."""
    not_shown.refuse_elsewhere(ec2, directory, account)
    known = remaining.recorded_ids(directory)
    return [i["InstanceId"] for i in _chosen(instances.alive(ec2, run_id, known), directory, only, keep, spared)]


def not_kept(outcome: Outcome, directory: Path) -> tuple[str, ...]:
    """Why each instance was terminated that was to be kept, as sentences."""
    return tuple(filter(None, (kept.why_not(directory, instance_id) for instance_id in outcome.ended)))


def sentence(run_id: str, region: str, outcome: Outcome) -> str:
    """What `end` did, as a sentence."""
    slow = ", ".join(outcome.shutting_down)
    if not outcome.ended:
        still = f" but {slow}, which EC2 is shutting down and bills no more" if slow else ""
        return f"The run {run_id} has no instance in {region}{still}."
    slowly = f"EC2 is still shutting down {slow}, and bills nothing of it any more"
    rest = slowly if slow else "nothing of the run is left"
    return f"Ended {', '.join(outcome.ended)}; {rest}."


def _chosen(
    found: Sequence[AwsShape], directory: Path, only: str | None, keep: bool, spared: Collection[str]
) -> list[AwsShape]:
    named = [i for i in found if only in (None, i["InstanceId"]) and i["InstanceId"] not in spared]
    return [i for i in named if kept.why_not(directory, i["InstanceId"])] if keep else named


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
        known = (record_files.recall(Terminated, directory) or Terminated()).times
        new = {id: at for id, at in ended.items() if id not in known}
        events.note(directory, *(InstanceTerminated(instance_id=id, ended=at) for id, at in new.items()))
        with suppress(OSError):
            record_files.change(Terminated, directory, lambda known: _with(known or Terminated(), ended))


def _mark(directory: Path) -> None:
    """Record that the run was ended, whatever there was of it, and which hosts it has not launched."""
    if directory.is_dir() and not run_over.was_ended(directory):
        with suppress(OSError):
            for host in planned_hosts.waiting(directory):
                failures.record_failure(directory, host, "Launch the instance", NEVER_LAUNCHED, "launch")
            record_files.change(
                Terminated, directory, lambda known: replace(known or Terminated(), launched_anew=False, whole=True)
            )


def _with(known: Terminated, ended: Mapping[str, datetime]) -> Terminated:
    times = {**known.times, **ended}
    every = tuple(Ended(instance_id=id, at=at) for id, at in times.items())
    return replace(known, instances=every, launched_anew=False)
