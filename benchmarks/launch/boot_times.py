"""How long instances may take to boot, and how long they live.

"It can take 20 minutes from the time the instance enters the running state until it becomes available over the
network", says AWS of bare metal, as the server checks its hardware and firmware first:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/compute-optimized-instances.html
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.runs.records import LaunchPlan

CONNECT = 300  # seconds
CONNECT_BARE_METAL = 1500  # seconds
_SPARE = 30  # minutes, for everything but build and benchmarks


def connect_timeout(launches: Sequence[LaunchPlan]) -> int:
    """For how many seconds to wait until an instance of a run answers over SSH, once it is running."""
    return CONNECT_BARE_METAL if _has_bare_metal(launches) else CONNECT


def lifetime(launches: Sequence[LaunchPlan], build_limit: int, time_limit: int) -> int:
    """After how many minutes the instances of a run power themselves off. The limits are in minutes too."""
    return build_limit + time_limit + _SPARE + (CONNECT_BARE_METAL // 60 if _has_bare_metal(launches) else 0)


def _has_bare_metal(launches: Sequence[LaunchPlan]) -> bool:
    return any(launch.bare_metal for launch in launches)
