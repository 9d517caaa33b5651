"""What a measurement has cost."""

from __future__ import annotations

from datetime import datetime

from benchmarks.aws import billing
from benchmarks.runs.records import Instance, LaunchPlan
from benchmarks.runs.result_records import Money


def money(launch: LaunchPlan | None, instance: Instance | None, ended: datetime | None) -> Money | None:
    """The price of an instance, and its cost from the launch to `ended`, the end of the measurement.

    None for a machine of the user's own, or if the price is not known. The price is that of shared hardware: of a
    dedicated instance the cost is not known, nor of a spot instance, whose price is that of the launch and changes.
    """
    price = launch.price if launch else None
    if not price:
        return None
    cost = None
    if instance and ended and _has_list_price(instance):
        cost = billing.cost(price.usd_per_hour, billing.seconds_billed(instance.launched, ended))
    return Money(usd_per_hour=price.usd_per_hour, source=price.source, date=price.date, cost_usd=cost)


def _has_list_price(instance: Instance) -> bool:
    # Both are None in records of version 0.1.0.
    return instance.lifecycle in (None, "on-demand") and instance.tenancy in (None, "default")
