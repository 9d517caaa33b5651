"""What a measurement has cost."""

from __future__ import annotations

from datetime import datetime

from benchmarks.aws import billing, cpu_credits
from benchmarks.runs.records import Instance, LaunchPlan
from benchmarks.runs.result_records import Money


def money(launch: LaunchPlan | None, instance: Instance | None, ended: datetime | None) -> Money | None:
    """The price of an instance, and its cost from the launch to `ended`, the end of the measurement.

    None for a machine of the user's own, or if the price is not known. The price is that of shared hardware: of a
    dedicated instance the cost is not known, nor of a spot instance, whose price is that of the launch and changes. Of
    an instance whose CPU credits EC2 may have charged for, the most that it may have cost is known at best.
    """
    price = launch.price if launch else None
    if not launch or not price:
        return None
    cost, most = None, None
    if instance and ended and _has_list_price(instance):
        seconds = billing.seconds_billed(instance.launched, ended, launch.image.licensed_platform)
        cost = billing.cost(price.usd_per_hour, seconds)
        if cpu_credits.are_charged(launch, instance):
            credits = launch.cpu_credits
            most = cost + billing.cost(credits.usd_per_hour, seconds) if credits else None
            cost = None
    return Money(
        usd_per_hour=price.usd_per_hour, source=price.source, date=price.date, cost_usd=cost, cost_usd_at_most=most
    )


def _has_list_price(instance: Instance) -> bool:
    # Both are None in records of version 0.1.0.
    return instance.lifecycle in (None, "on-demand") and instance.tenancy in (None, "default")
