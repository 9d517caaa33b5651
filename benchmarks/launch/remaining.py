"""Finds the instances of a run that still cost money, by the run's tags.

The run's records are used only if AWS cannot be asked.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import hints
from benchmarks.aws import cpu_credits, instances, tags
from benchmarks.aws.session import AwsShape, Client
from benchmarks.launch import boot_times
from benchmarks.runs import planned_hosts, record_files, run_directory, run_layout
from benchmarks.runs.records import Instance, Instances, Preflight, Ready, Terminated


@dataclass(frozen=True)
class Remaining:
    """An instance that is not being terminated; price and time of expiry come from its tags."""

    instance_id: str
    instance_type: str
    state: str
    usd_per_hour: float | None
    expires: datetime | None
    spot: bool = False
    is_timer_seen: bool = False  # whether the run has seen that the instance switches itself off

    def __str__(self) -> str:
        # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Stop_Start.html
        if self.state in ("stopping", "stopped"):
            return (
                f"{self.instance_id} ({self.instance_type}) is {self.state}: its storage costs money until it is ended."
            )
        # A spot price is that of the launch.
        about, market = ("about ", " on the spot market") if self.spot else ("", "")
        if self.instance_type.partition(".")[0] in cpu_credits.FAMILIES:
            market += " without CPU credits"
        price = f"costs {about}${self.usd_per_hour:.4g} an hour{market}" if self.usd_per_hour else "costs money"
        also = " and" if self.is_timer_seen else ", and"
        end = f"{also} {_off(self.expires, self.is_timer_seen)}" if self.expires else ""
        return f"{self.instance_id} ({self.instance_type}) still runs: it {price}{end}."


def _off(end: datetime, is_timer_seen: bool) -> str:
    # The tags tell what was asked for at the launch. An image without cloud-init does nothing of it.
    when = f"by {end:%H:%M UTC on %Y-%m-%d}"
    if is_timer_seen:
        return f"switches itself off {when}"
    return f"should switch itself off {when}, which could not be checked"


def of(ec2: Client, run_id: str, directory: Path) -> tuple[Remaining, ...]:
    """The run's instances that are neither terminated nor shutting down."""
    return tuple(of_instance(instance, directory) for instance in instances.alive(ec2, run_id, recorded_ids(directory)))


def report(left: Sequence[Remaining], run_id: str, region: str | None, directory: Path) -> str:
    """One line for each remaining instance, and one with the command that terminates them."""
    return "\n".join([*map(str, left), f"To end what is left: {end_command(run_id, region, directory)}"])


def unknown(run_id: str, region: str | None, directory: Path) -> str:
    """Like `report` if AWS cannot be asked: the instances that may run according to the run's records."""
    may = [f"It may be that {left}" for left in recorded(directory)]
    command = end_command(run_id, region, directory)
    return "\n".join(["It is not known whether instances of the run still exist.", *may, f"To end them: {command}"])


def recorded(directory: Path) -> tuple[Remaining, ...]:
    """`not_ended`, as if EC2 had said that they run."""
    return tuple(
        of_instance(
            {
                "InstanceId": instance.instance_id,
                "InstanceType": instance.instance_type,
                "State": {"Name": "running"},
                "LaunchTime": instance.launched,
                "InstanceLifecycle": instance.lifecycle,
                "Tags": tags.as_list(instance.tags),
            },
            directory,
        )
        for instance in not_ended(directory)
    )


def time_left(directory: Path, instance_id: str, now: datetime, limit: int) -> str:
    """When an instance of the run in a directory switches itself off by the run's records, as a clause.

    It warns if that may be in fewer than `limit` minutes. Empty if the records do not say when.
    """
    plan = record_files.recall(Preflight, directory)
    found = next((one for one in recorded(directory) if one.instance_id == instance_id), None)
    launch = planned_hosts.launch(plan, record_files.recall(Instances, directory), instance_id) if plan else None
    if not (launch and found and found.expires):
        return ""
    told = f"the machine {_off(found.expires, found.is_timer_seen)}"
    earliest = boot_times.earliest_end(launch, found.expires)
    left = max(0, int((earliest - now).total_seconds() // 60))
    if left >= limit:
        return told
    return (
        f"{told}, and maybe at {earliest:%H:%M UTC} already, in {left} minutes, while the limits allow {limit}: start "
        "a new run if it needs more"
    )


def not_ended(directory: Path) -> tuple[Instance, ...]:
    """The run's instances that were launched and not terminated according to its records; none if those are damaged."""
    launched = record_files.recall(Instances, directory)
    ended = record_files.recall(Terminated, directory) or Terminated()
    return tuple(one for one in launched.instances if one.instance_id not in ended.times) if launched else ()


def recorded_ids(directory: Path) -> frozenset[str]:
    """The ids of `not_ended`, by which EC2 knows an instance before its tags are visible."""
    return frozenset(instance.instance_id for instance in not_ended(directory))


def end_command(run_id: str, region: str | None, directory: Path) -> str:
    """The command that terminates a run's instances."""
    words = [f"bench.terminate --run-id {run_id}", *([f"--region {region}"] if region else [])]
    return _command(words, directory)


def attach_command(run_id: str, directory: Path) -> str:
    """The command that comes back to a run that was left."""
    return _command([f"bench.attach {run_id}"], directory)


def results_command(source: str, directory: Path) -> str:
    """The command that shows results of a run here, or of a host or an attempt of it."""
    return _command([f"bench.results {shlex.quote(source)}"], directory)


def compare_command(run_id: str, by: str, directory: Path) -> str:
    """The command that compares the hosts of a run by a fact (see sides.facts)."""
    return _command([f"bench.compare {run_id} --by {by}"], directory)


def _command(words: Sequence[str], directory: Path) -> str:
    is_elsewhere = directory.parent != run_directory.default_directory()
    place = [f"--runs-dir {shlex.quote(str(directory.parent))}"] if is_elsewhere else []
    return hints.command_line(" ".join([*words, *place]))


def of_instance(instance: AwsShape, directory: Path | None = None) -> Remaining:
    """An instance as EC2 describes it, and as the records in its run's directory do, if that is known."""
    instance_tags = tags.of(instance)
    ready = record_files.recall(Ready, run_layout.host(directory, instance["InstanceId"])) if directory else None
    return Remaining(
        instance["InstanceId"],
        instance["InstanceType"],
        instance["State"]["Name"],
        _number(instance_tags.get(tags.PRICE)),
        end_of(instance),
        instance.get("InstanceLifecycle") == "spot",
        ready is not None and ready.timer,
    )


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def end_of(instance: AwsShape) -> datetime | None:
    """When an instance powers itself off, or the instance of a volume did, in UTC; None if its tags do not say."""
    began: datetime | None = instance.get("LaunchTime") or instance.get("CreateTime")
    minutes = _number(tags.of(instance).get(tags.LIFETIME))
    if not began or not minutes or minutes < 0:
        return None
    with suppress(OverflowError):  # beyond the last year there is
        return (began + timedelta(minutes=minutes)).astimezone(UTC)
    return None
