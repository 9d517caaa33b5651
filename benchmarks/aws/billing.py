"""How EC2 bills instances.

Per second, with a minimum of one minute; those with SUSE Linux by the hour, of which each that has begun is billed
whole: https://repost.aws/knowledge-center/ec2-instance-hour-billing
"""

from __future__ import annotations

import math
from datetime import datetime

MINIMUM = 60.0  # seconds
_HOUR = 3600
_BY_THE_HOUR = "SUSE"  # how the names of these platforms begin


def seconds_billed(launched: datetime, ended: datetime, platform: str | None = None) -> float:
    """The seconds that are billed for an instance; `platform` is that of its licence, None for Linux without one."""
    return whole((ended - launched).total_seconds(), platform)


def whole(seconds: float, platform: str | None = None) -> float:
    """The seconds that are billed for so many."""
    if platform and platform.startswith(_BY_THE_HOUR):
        return max(1, math.ceil(seconds / _HOUR)) * float(_HOUR)
    return max(MINIMUM, seconds)


def cost(usd_per_hour: float, seconds: float) -> float:
    """The cost of so many billed seconds, in USD."""
    return usd_per_hour * seconds / _HOUR
