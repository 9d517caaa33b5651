"""Launches a host that waits for the vCPU quota, once other hosts of its run have ended and left room.

Of those that wait for the same quota only the first asks EC2, so that many can wait, and in the order of the plan.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from benchmarks.aws import aws_errors, instance_facts, instances
from benchmarks.aws.session import AwsShape, Client
from benchmarks.errors import FailedError
from benchmarks.launch import hosts, quota_room, run_instances, termination
from benchmarks.launch.run_instances import Launch
from benchmarks.runs import locks, planned_hosts, run_over
from benchmarks.runs.records import Instance, LaunchPlan

PAUSE = 5.0  # seconds between questions to EC2, which limits how often it answers
# How many pauses until a launch is tried again though none of the run's hosts has ended: something else may have.
PATIENCE = 24
# How many pauses AWS may be out of reach, as while this machine sleeps.
SILENCE = 360

Make = Callable[[], tuple[Client, Launch]]


@dataclass(frozen=True)
class WaitingHost:
    """A host that waits, and what it has to know of its run."""

    directory: Path
    plan: LaunchPlan
    plans: tuple[LaunchPlan, ...]  # of all hosts
    keeps: bool = False  # whether the run ends none of its hosts
    is_left: Callable[[str], bool] = lambda _: False  # whether nobody waits here for the end of an instance, by its id

    @property
    def is_next(self) -> bool:
        """Whether none that comes before it waits for the same quota, in a process that lives."""
        waiting = planned_hosts.waiting(self.directory)
        before = [one for one in self.plans[: self.plans.index(self.plan)] if _is_alike(one, self.plan)]
        return not any(one.name in waiting and locks.is_held(self.directory, one.name) for one in before)

    def refuse_ended(self) -> None:
        """Raises FailedError if the run was ended as a whole meanwhile, as by bench.terminate."""
        if run_over.was_ended_as_a_whole(self.directory):
            raise FailedError(termination.NEVER_LAUNCHED)


def launch(
    host: WaitingHost,
    make: Make,
    timeout: float,
    note: hosts.Note,
    about_to: Callable[[], object] = lambda: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Instance | None:
    """Launch a host once there is room, and wait until it runs.

    None if all that would have to end was left measuring: who comes back launches the host. `make` gives EC2's client
    and the launch; it is called only when it is the host's turn, since a client takes much memory. `note` is called
    with the instance, `about_to` before EC2 is asked for it. Raises FailedError if it cannot be launched, if the quota
    has no room though none of the run's hosts will leave any, or if the run was ended; OSError, and what AWS does.
    """
    # Those that come later see by it that this process lives.
    with FileLock(host.directory / f".{host.plan.name}.lock", timeout=PAUSE):
        own = _launched(host, make, about_to, sleep)
    if own is None:
        return None
    ec2, asked = make()
    note(hosts.recorded([own]))
    if run_over.was_ended_as_a_whole(host.directory):
        instances.terminate(ec2, [own])
        host.refuse_ended()
    running, failed = instances.wait_running(ec2, asked.run_id, {own["InstanceId"]}, timeout, sleep)
    if failed:
        raise FailedError(next(iter(failed.values())))
    (known,) = instance_facts.records(ec2, running)
    note([known])
    return known


@dataclass(frozen=True)
class _Look:
    """What EC2 says of the run's instances that count against the same quota."""

    own: AwsShape | None  # the host's own: its launch may have been accepted without an answer
    others: frozenset[str]  # the ids of all that have not ended
    beside: tuple[LaunchPlan, ...]  # the launches of those that are alive
    alive: tuple[str, ...]  # and their ids


def _launched(
    host: WaitingHost, make: Make, about_to: Callable[[], object], sleep: Callable[[float], None]
) -> AwsShape | None:
    refused: frozenset[str] | None = None  # what there was when EC2 last said that the quota is used up
    pauses = silent = 0  # since then, and since AWS last answered
    while True:
        host.refuse_ended()
        if host.is_next:
            try:
                look = _look(host, make)
                silent = 0
                if look.own is not None:
                    return look.own
                is_likely = quota_room.has_room(host.plan, look.beside) and look.others != refused
                if not is_likely and look.alive and all(map(host.is_left, look.alive)):
                    return None
                if is_likely or pauses >= PATIENCE:
                    about_to()
                    # What has just ended may count for a while yet.
                    is_last = host.keeps or (not look.others and refused == look.others)
                    refused, pauses = look.others, 0
                    return _asked(host, make, sleep, is_last=is_last)
            except _RefusedError:
                pass
            except aws_errors.errors() as error:
                silent += 1
                if not aws_errors.may_pass(error) or silent > SILENCE:
                    raise
        pauses += 1
        sleep(PAUSE)


class _RefusedError(Exception):
    """The quota is used up, and may have room later."""


def _asked(host: WaitingHost, make: Make, sleep: Callable[[float], None], *, is_last: bool) -> AwsShape:
    """Ask EC2 for the instance. Raises _RefusedError if the quota is used up, unless it is asked for the last time."""
    ec2, asked = make()
    try:
        return hosts.launched_by(asked, ec2, sleep, host.directory)
    except run_instances.QuotaError:
        if is_last:
            raise
        raise _RefusedError from None


def _look(host: WaitingHost, make: Make) -> _Look:
    ec2, asked = make()
    of_host = {plan.host: plan for plan in host.plans if _is_alike(plan, host.plan)}
    found = [i for i in instances.existing(ec2, asked.run_id) if instances.host_of(i) in of_host]
    alive = [i for i in found if instances.is_alive(i)]
    return _Look(
        own=next((i for i in alive if instances.host_of(i) == host.plan.host), None),
        others=frozenset(i["InstanceId"] for i in found),
        beside=tuple(of_host[instances.host_of(i)] for i in alive),
        alive=tuple(i["InstanceId"] for i in alive),
    )


def _is_alike(one: LaunchPlan, other: LaunchPlan) -> bool:
    """Whether two launches count against the same quota, as far as it is known."""
    return (one.quota and one.quota.code) == (other.quota and other.quota.code)
