"""The cost of a run's instances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from benchmarks.aws import billing
from benchmarks.runs.records import Instances, LaunchPlan, Terminated


def line(launch: LaunchPlan, launched: Instances, terminated: Terminated, now: datetime | None = None) -> str:
    """One line with the instance type, the time, the price with its source and date, and the cost."""
    seconds = sum(
        billing.seconds_billed(
            instance.launched, terminated.times.get(instance.instance_id) or now or datetime.now(UTC)
        )
        for instance in launched.instances
    )
    lasted = f"{launch.instance_type} for {int(seconds // 60)} min {int(seconds % 60)} s"
    price = launch.price
    if not price:
        # Plans of earlier versions do not say why.
        why = launch.price_unknown or "AWS lists none, or the permission pricing:GetProducts is missing"
        return f"{lasted}; its price is not known: {why}."
    amount = billing.cost(price.usd_per_hour, seconds)
    beside = "storage and traffic" if launch.tenancy == "default" else "storage, traffic and dedicated hardware's fee"
    source = f"{price.source}, {price.date}; {beside} not counted"
    if launch.spot:
        # EC2 may have changed the price since, and have launched in a cheaper zone.
        return f"{lasted} at a spot price of ${price.usd_per_hour:.4g}/h: about ${amount:.4f} ({source})"
    return f"{lasted} at ${price.usd_per_hour:.4g}/h: ${amount:.4f} ({source})"


def at_most(launches: Sequence[LaunchPlan], minutes: int) -> float | None:
    """What instances cost in USD if each lasts until it powers itself off after `minutes`; None if not known.

    Storage and traffic are not counted.
    """
    hourly = [_hourly_at_most(launch) for launch in launches]
    return None if None in hourly else billing.cost(sum(filter(None, hourly)), minutes * 60)


def cents(usd: float) -> str:
    """An amount, rounded up to the cent, since it is the most that something may cost."""
    return f"${math.ceil(round(usd * 100, 6)) / 100:.2f}"


def _hourly_at_most(launch: LaunchPlan) -> float | None:
    # For dedicated hardware AWS charges a fee an hour and region as well.
    if not launch.price or launch.tenancy != "default":
        return None
    return launch.price.usd_per_hour_at_most if launch.spot else launch.price.usd_per_hour
