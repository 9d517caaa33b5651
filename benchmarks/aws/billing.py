"""How EC2 bills instances.

On-demand Linux is billed per second, with a minimum of one minute: https://aws.amazon.com/ec2/pricing/on-demand/
"""

from __future__ import annotations

from datetime import datetime

MINIMUM = 60.0  # seconds


def seconds_billed(launched: datetime, ended: datetime) -> float:
    """The seconds that are billed for an instance."""
    return max(MINIMUM, (ended - launched).total_seconds())


def cost(usd_per_hour: float, seconds: float) -> float:
    """The cost of so many billed seconds, in USD."""
    return usd_per_hour * seconds / 3600
