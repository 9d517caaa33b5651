"""The cost of a run's instances.

On-demand Linux is billed per second, with a minimum of one minute: https://aws.amazon.com/ec2/pricing/on-demand/
"""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks.runs.records import Instances, LaunchPlan, Terminated

MINIMUM = 60.0  # seconds


def seconds_billed(launched: datetime, ended: datetime) -> float:
    return max(MINIMUM, (ended - launched).total_seconds())


def line(launch: LaunchPlan, launched: Instances, terminated: Terminated, now: datetime | None = None) -> str:
    """One line with the instance type, the time, the price with its source and date, and the cost."""
    seconds = sum(
        seconds_billed(instance.launched, terminated.times.get(instance.instance_id) or now or datetime.now(UTC))
        for instance in launched.instances
    )
    lasted = f"{launch.instance_type} for {int(seconds // 60)} min {int(seconds % 60)} s"
    price = launch.price
    if not price:
        return f"{lasted}; its price is not known: AWS lists none, or the permission pricing:GetProducts is missing."
    amount = price.usd_per_hour * seconds / 3600
    source = f"{price.source}, {price.date}; storage and traffic not counted"
    return f"{lasted} at ${price.usd_per_hour:.4g}/h: ${amount:.4f} ({source})"
