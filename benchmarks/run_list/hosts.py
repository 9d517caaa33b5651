"""The instances of listed runs: whether each still costs money, what it has cost, and when it switches itself off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from benchmarks.aws import billing, image_billing, instances, tags
from benchmarks.aws.session import AwsShape
from benchmarks.launch import remaining
from benchmarks.launch.remaining import Remaining
from benchmarks.runs.records import Instance, LaunchPlan

UNKNOWN = "unknown"  # EC2 was not asked, or need not show the instance yet
GONE = "gone"  # EC2 does not show the instance any more


@dataclass(frozen=True)
class Host:
    """An instance of a run. Its state is EC2's word for it, UNKNOWN or GONE; times are UTC."""

    instance_id: str
    instance_type: str
    region: str
    state: str
    launched: datetime
    ended: datetime | None = None  # None if it has not, or if it is not known when
    usd_per_hour: float | None = None
    expires: datetime | None = None  # when it switches itself off, by its tags
    spot: bool = False
    is_timer_seen: bool = False
    platform: str | None = None  # whose licence EC2 bills with it

    def may_cost(self, now: datetime) -> bool:
        """Whether it costs money, or may: of one that is not known, until it should have switched itself off."""
        if self.state == UNKNOWN:
            return self.expires is None or self.expires > now
        return self.state in instances.ALIVE

    def __str__(self) -> str:
        """What it is and costs, and until when, as a sentence."""
        state = "running" if self.state == UNKNOWN else self.state
        sentence = str(
            Remaining(
                self.instance_id,
                self.instance_type,
                state,
                self.usd_per_hour,
                self.expires,
                self.spot,
                self.is_timer_seen,
            )
        )
        return f"It may be that {sentence}" if self.state == UNKNOWN else sentence


@dataclass(frozen=True)
class Cost:
    """What a run's instances have cost so far in USD; the most that it can be if it is not known when they ended.

    Storage, traffic and CPU credits are not counted.
    """

    usd: float
    at_most: bool = False


def cost(found: Sequence[Host], now: datetime) -> Cost | None:
    """The cost of instances until `now`, None if there are none or if a price is not known."""
    each = [_cost(host, now) for host in found]
    known = [one for one in each if one]
    if not known or len(known) < len(each):
        return None
    return Cost(sum(one.usd for one in known), any(one.at_most for one in known))


def _cost(host: Host, now: datetime) -> Cost | None:
    if host.usd_per_hour is None:
        return None
    # An instance that is stopped, and one of which nobody knows when it ended, was billed for a part of the time only.
    known = host.ended is not None or host.state in ("pending", "running")
    end = host.ended or (now if known else min(now, host.expires or now))
    return Cost(billing.cost(host.usd_per_hour, billing.seconds_billed(host.launched, end, host.platform)), not known)


def seen(instance: AwsShape, region: str, directory: Path | None = None) -> Host:
    """An instance as DescribeInstances shows it; the run's directory, if it is here, tells whether it has its timer."""
    known = remaining.of_instance(instance, directory)
    over = None if instances.is_alive(instance) else instances.ended_at(instance)
    return Host(
        known.instance_id,
        known.instance_type,
        region,
        known.state,
        instance["LaunchTime"],
        over,
        known.usd_per_hour,
        known.expires,
        known.spot,
        known.is_timer_seen,
        image_billing.of(instance).licensed_platform,
    )


def recorded(
    one: Instance, region: str, plan: LaunchPlan | None, ended: datetime | None, directory: Path, state: str
) -> Host:
    """An instance as its run's records have it, in this state unless it is recorded as terminated."""
    shape = {
        "InstanceId": one.instance_id,
        "InstanceType": one.instance_type,
        "State": {"Name": "terminated" if ended else state},
        "LaunchTime": one.launched,
        "InstanceLifecycle": one.lifecycle,
        "Tags": tags.as_list(one.tags),
    }
    host = seen(shape, region, directory)
    usd = host.usd_per_hour
    if usd is None and plan and plan.price:
        usd = plan.price.usd_per_hour
    platform = plan.image.licensed_platform if plan else None
    return replace(host, ended=ended, usd_per_hour=usd, platform=platform)
