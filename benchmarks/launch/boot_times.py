"""How long instances may take to boot, how long they live, and when they power themselves off.

"It can take 20 minutes from the time the instance enters the running state until it becomes available over the
network", says AWS of bare metal, as the server checks its hardware and firmware first:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/compute-optimized-instances.html
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from benchmarks.runs.records import LaunchPlan

Lasting = tuple[LaunchPlan, int]  # a launch, and for how many minutes its instance lives

CONNECT = 300  # seconds
CONNECT_BARE_METAL = 1500  # seconds
# Minutes for everything but build and benchmarks; with the boot, but for bare metal, whose boot is added.
_SPARE = 30
# Minutes: systemd gives services 90 seconds to stop, and the timer counts whole minutes:
# https://www.freedesktop.org/software/systemd/man/latest/systemd-system.conf.html
_SHUTDOWN = 2


def connect_timeout(launches: Sequence[LaunchPlan]) -> int:
    """For how many seconds to wait until an instance of a run answers over SSH, once it is running."""
    return CONNECT_BARE_METAL if _has_bare_metal(launches) else CONNECT


def lifetime(launches: Sequence[LaunchPlan], build_limit: int, time_limit: int) -> int:
    """For how many minutes the longest of a run's instances lives, with its boot. The limits are in minutes too."""
    return build_limit + time_limit + _SPARE + (CONNECT_BARE_METAL // 60 if _has_bare_metal(launches) else 0)


def lifetimes(launches: Sequence[LaunchPlan], build_limit: int, time_limit: int) -> list[Lasting]:
    """Each launch, and for how many minutes its instance lives."""
    return [(launch, lifetime([launch], build_limit, time_limit)) for launch in launches]


def once_booted(launch: LaunchPlan, lifetime: int) -> int:
    """After how many minutes an instance begins to power itself off, counted from the start of its system.

    EC2 bills what comes before and the shutdown too, from the state running until shutting-down, so both are part of
    `lifetime` (minutes): https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
    """
    return max(1, lifetime - early(launch))


def early(launch: LaunchPlan) -> int:
    """By how many minutes an instance that boots at once powers itself off before its lifetime is over."""
    return connect_timeout([launch]) // 60 + _SHUTDOWN


def earliest_end(launch: LaunchPlan, end: datetime) -> datetime:
    """When an instance may begin to power itself off whose lifetime is over at `end`: it may have booted at once."""
    return end - timedelta(minutes=early(launch))


def _has_bare_metal(launches: Sequence[LaunchPlan]) -> bool:
    return any(launch.bare_metal for launch in launches)
