"""The cost of a run's instances."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from benchmarks.aws import billing, cpu_credits
from benchmarks.runs.records import Instances, LaunchPlan, Terminated


def line(launch: LaunchPlan, launched: Instances, terminated: Terminated, now: datetime | None = None) -> str:
    """One line with the instance type, the time, the price with its source and date, and the cost.

    Of CPU credits only the most that they may cost is known, unless EC2 has said that they are standard.
    """
    times = {
        one.instance_id: billing.seconds_billed(
            one.launched,
            terminated.times.get(one.instance_id) or now or datetime.now(UTC),
            launch.image.licensed_platform,
        )
        for one in launched.instances
    }
    seconds = sum(times.values())
    lasted = f"{launch.instance_type} for {int(seconds // 60)} min {int(seconds % 60)} s"
    price = launch.price
    if not price:
        # Plans of earlier versions do not say why.
        why = launch.price_unknown or "AWS lists none, or the permission pricing:GetProducts is missing"
        return f"{lasted}; its price is not known: {why}."
    amount = f"${billing.cost(price.usd_per_hour, seconds):.4f}"
    charged = [one for one in launched.instances if cpu_credits.are_charged(launch, one)]
    if charged and launch.cpu_credits:
        most = billing.cost(launch.cpu_credits.usd_per_hour, sum(times[one.instance_id] for one in charged))
        amount += f", and up to ${most:.4f} for CPU credits"
    *others, last = _beside(launch, credits=bool(charged and not launch.cpu_credits))
    source = f"{price.source}, {price.date}; {', '.join(others)} and {last} not counted"
    if launch.spot:
        # EC2 may have changed the price since, and have launched in a cheaper zone.
        return f"{lasted} at a spot price of ${price.usd_per_hour:.4g}/h: about {amount} ({source})"
    return f"{lasted} at ${price.usd_per_hour:.4g}/h: {amount} ({source})"


def _beside(launch: LaunchPlan, *, credits: bool) -> Iterator[str]:
    yield from ("storage", "traffic")
    if credits:
        yield "CPU credits"
    if launch.tenancy != "default":
        yield "dedicated hardware's fee"


def at_most(launches: Sequence[LaunchPlan], minutes: int) -> float | None:
    """What instances cost in USD if each lasts until it powers itself off after `minutes`; None if not known.

    CPU credits count as if the CPU were always busy. Storage and traffic are not counted.
    """
    costs = [_at_most(launch, minutes * 60) for launch in launches]
    return None if None in costs else sum(filter(None, costs))


def cents(usd: float) -> str:
    """An amount, rounded up to the cent, since it is the most that something may cost."""
    return f"${math.ceil(round(usd * 100, 6)) / 100:.2f}"


def _at_most(launch: LaunchPlan, seconds: float) -> float | None:
    # For dedicated hardware AWS charges a fee an hour and region as well.
    if not launch.price or launch.tenancy != "default" or launch.cpu_credits_unknown:
        return None
    most = launch.price.usd_per_hour_at_most if launch.spot else launch.price.usd_per_hour
    if most is None:
        return None
    credits = billing.cost(launch.cpu_credits.usd_per_hour, seconds) if launch.cpu_credits else 0
    return billing.cost(most, billing.whole(seconds, launch.image.licensed_platform)) + credits
