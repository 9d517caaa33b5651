"""Ends what has outlived its run in a region. This needs AWS only: no run's directory is read or written."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from benchmarks import hints
from benchmarks.aws import aws_errors, caller, instances, opt_in_regions, tags, volumes
from benchmarks.aws.session import AwsShape, Client, Connect
from benchmarks.launch import expired, remaining
from benchmarks.text import escaped

TIMEOUT = 600.0  # seconds until no instance may be alive, and then until no volume may be left
_PROTECTED = "It is protected from being ended: lift that first by {lift}"


@dataclass(frozen=True)
class Outcome:
    """What is to be said of the regions, line by line, and whether nothing expired is left in any."""

    lines: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()  # ids; in check mode, of what would be ended
    complete: bool = True
    runs: Mapping[str, str] = field(default_factory=dict)  # of the caller's instances that were ended, by their ids


@dataclass
class _Region:
    """One region while it is being emptied."""

    ec2: Client
    name: str
    now: datetime
    owner: str | None
    timeout: float
    sleep: Callable[[float], None]
    ended: dict[str, AwsShape] = field(default_factory=dict)  # by id
    refused: dict[str, str] = field(default_factory=dict)  # why each could not be ended
    unknown: dict[str, AwsShape] = field(default_factory=dict)
    alive: frozenset[str] = frozenset()  # ids of the instances of any run
    going: frozenset[str] = frozenset()  # and of those that are terminated or shutting down

    def look_at_instances(self) -> list[AwsShape]:
        """The expired instances that are alive."""
        found = instances.of_all_runs(self.ec2)
        alive = [i for i in found if instances.is_alive(i)]
        self.alive = frozenset(i["InstanceId"] for i in alive)
        self.going = frozenset(i["InstanceId"] for i in found) - self.alive
        return self._over(alive)

    def look_at_volumes(self) -> list[AwsShape]:
        """The expired volumes that outlive their instance.

        What is attached to an instance that is alive goes with it, or is looked at after it.
        """
        found = [v for v in volumes.of_all_runs(self.ec2) if not volumes.holders(v) & self.alive]
        return self._over([v for v in found if self._used_elsewhere(v) or not volumes.goes_with_its_instance(v)])

    def _over(self, found: list[AwsShape]) -> list[AwsShape]:
        by_time = expired.sort(found, self.now, self.owner)
        self.unknown |= {expired.id_of(one): one for one in by_time.unknown}
        return list(by_time.expired)

    def end_instances(self) -> list[AwsShape]:
        """Terminate the expired instances, each by its own call, and wait until none is alive; return what is left."""
        deadline = time.monotonic() + self.timeout
        while True:
            left = self.look_at_instances()
            for instance in left:
                self._try(instance, self._terminate)
            waiting = [i for i in left if i["InstanceId"] not in self.refused]
            if not waiting or time.monotonic() > deadline:
                return left
            self.sleep(1)

    def delete_volumes(self) -> list[AwsShape]:
        """Delete the expired volumes once nothing uses them; return what is left."""
        deadline = time.monotonic() + self.timeout
        while True:
            left = self.look_at_volumes()
            for volume in left:
                if volume["State"] in volumes.FREE and volume["VolumeId"] not in self.ended:
                    self._try(volume, self._delete)
            waiting = [v for v in left if v["VolumeId"] not in self.refused and not self._used_elsewhere(v)]
            if not waiting or time.monotonic() > deadline:
                return left
            self.sleep(1)

    def _used_elsewhere(self, volume: AwsShape) -> bool:
        """Whether a volume hangs on a machine that no run has launched: it is not waited for."""
        return bool(volumes.holders(volume) - self.going)

    def _try(self, resource: AwsShape, end: Callable[[AwsShape], bool]) -> None:
        """End one, so that its failure keeps no other from being ended."""
        id = expired.id_of(resource)
        if id in self.refused:
            return
        try:
            if end(resource):
                self.ended.setdefault(id, resource)
        except aws_errors.errors() as error:
            self.refused[id] = aws_errors.sentence(error)

    def _terminate(self, instance: AwsShape) -> bool:
        answer = instances.terminate(self.ec2, [instance])
        if answer.protected:
            command = f"aws ec2 modify-instance-attribute --region {self.name} --no-disable-api-termination"
            self.refused[instance["InstanceId"]] = _PROTECTED.format(
                lift=f"{command} --instance-id {instance['InstanceId']}"
            )
        return bool(answer.ending)

    def _delete(self, volume: AwsShape) -> bool:
        return volumes.delete(self.ec2, volume["VolumeId"])

    def said_of_left(self, one: AwsShape) -> list[str]:
        """The lines on an instance or a volume that is left: what it is and costs, why it is left, and what to do."""
        id = expired.id_of(one)
        why = [self.refused[id]] if id in self.refused else []
        if "InstanceId" in one:
            # Its time to switch itself off has passed.
            costs = str(replace(remaining.of_instance(one), expires=None))
            return [costs, *why, f"To end it: {_end_command(one, self.name)}"]
        used = ", ".join(sorted(volumes.holders(one)))
        attached = [f"It is attached to {used}: detach it first."] if used else []
        return [
            f"{expired.name(one)} is still {one['State']}: it costs money until it is deleted.",
            *why,
            *attached,
            f"To delete it: {_end_command(one, self.name)}",
        ]


def end(
    regions: Mapping[str, Connect],
    now: datetime,
    *,
    all_owners: bool,
    check: bool = False,
    timeout: float = TIMEOUT,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """End the instances and volumes that are over at `now` in each region, and say what was done.

    `regions` has the connection to each region, by its name. Only what carries the caller's name is ended, unless
    `all_owners`; with `check`, nothing is. What cannot be ended keeps nothing else from being ended, in any region.
    Instances are waited for until they are shutting down, which is not billed any more, at most `timeout` seconds, and
    volumes as long again. A resource whose tags do not say when it is over is named, and neither ended nor counted.
    """
    done = [_end_in(region, connect, now, all_owners, check, timeout, sleep) for region, connect in regions.items()]
    return Outcome(
        tuple(line for one in done for line in one.lines),
        tuple(id for one in done for id in one.ended),
        all(one.complete for one in done),
        {id: run for one in done for id, run in one.runs.items()},
    )


def _end_in(
    name: str,
    connect: Connect,
    now: datetime,
    all_owners: bool,
    check: bool,
    timeout: float,
    sleep: Callable[[float], None],
) -> Outcome:
    told: list[str] = []
    left: list[AwsShape] = []
    complete = True
    region: _Region | None = None
    try:
        owner = None if all_owners else caller.name(connect)
        region = _Region(connect("ec2"), name, now, owner, timeout, sleep)
        if check:
            over = region.look_at_instances()
            ending = {i["InstanceId"] for i in over}
            region.alive, region.going = region.alive - ending, region.going | ending
            region.ended = {expired.id_of(one): one for one in [*over, *region.look_at_volumes()]}
        else:
            left = region.end_instances()
            left += region.delete_volumes()
    except aws_errors.errors() as error:
        told.append(f"{name}: {opt_in_regions.sentence(error, connect, name)}")
        complete = False
    if region:
        verb = "would end" if check else "ended"
        still = {expired.id_of(one) for one in left}
        told += [f"{name}: {verb} {expired.name(one)}." for id, one in region.ended.items() if id not in still]
        told += [f"{name}: {_of_unknown(one, name)}" for one in region.unknown.values()]
        told += [f"{name}: {line}" for one in left for line in region.said_of_left(one)]
        if not (told or left):
            told.append(f"{name}: nothing {'' if all_owners else 'of yours '}has expired.")
    ended = region.ended if region else {}
    # Another owner's run may have the name of one of the caller's.
    own = {} if check or all_owners else {id: one for id, one in ended.items() if "InstanceId" in one}
    runs = {id: tags.of(one).get(tags.RUN, "") for id, one in own.items()}
    return Outcome(tuple(told), tuple(ended), complete and not left, runs)


def _of_unknown(resource: AwsShape, region: str) -> str:
    why = (
        "its tags do not say when it expires" if expired.expiry(resource) is None else "its tags do not say whose it is"
    )
    return f"{expired.name(resource)} is left alone, since {why}; to end it: {_end_command(resource, region)}"


def _end_command(resource: AwsShape, region: str) -> str:
    """The command that ends an instance by its run, or a volume by its id."""
    if "InstanceId" not in resource:
        return f"aws ec2 delete-volume --region {region} --volume-id {resource['VolumeId']}"
    run = shlex.quote(escaped(tags.of(resource)[tags.RUN]))
    return hints.command_line(f"bench.terminate --run-id {run} --region {region}")
