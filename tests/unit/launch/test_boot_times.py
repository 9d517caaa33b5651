"""How long a run waits for its instances, and how long they live."""

from __future__ import annotations

import pytest

from benchmarks.launch import boot_times
from benchmarks.runs.records import LaunchPlan
from tests.support.records import launch_plan


@pytest.mark.parametrize(
    ("launches", "connect", "lifetime"),
    [
        ([], 300, 270),
        ([launch_plan()], 300, 270),
        ([launch_plan(), launch_plan(bare_metal=True)], 1500, 295),
    ],
)
def test_bare_metal_has_more_time_to_boot_and_lives_as_much_longer(
    launches: list[LaunchPlan], connect: int, lifetime: int
) -> None:
    assert boot_times.connect_timeout(launches) == connect
    assert boot_times.lifetime(launches, 60, 180) == lifetime
