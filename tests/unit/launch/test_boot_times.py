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


@pytest.mark.parametrize("launch", [launch_plan(), launch_plan(bare_metal=True)])
@pytest.mark.parametrize("others", [[], [launch_plan()], [launch_plan(bare_metal=True)]])
def test_a_boot_of_any_length_and_a_shutdown_end_within_the_lifetime(
    launch: LaunchPlan, others: list[LaunchPlan]
) -> None:
    lifetime = boot_times.lifetime([launch, *others], 60, 180)
    left = boot_times.once_booted(launch, lifetime)
    longest_boot, shutdown = boot_times.connect_timeout([launch]), 120
    assert longest_boot + left * 60 + shutdown <= lifetime * 60
    # What was asked for, with time to bring it back before systemd refuses logins.
    assert left >= 60 + 180 + 20
    assert boot_times.early(launch) == lifetime - left


def test_each_instance_lives_as_long_as_its_own_type_needs() -> None:
    lasting = boot_times.lifetimes([launch_plan(), launch_plan(bare_metal=True)], 60, 180)
    assert [(launch.bare_metal, minutes) for launch, minutes in lasting] == [(False, 270), (True, 295)]


def test_a_timer_is_never_of_no_time() -> None:
    assert boot_times.once_booted(launch_plan(bare_metal=True), 2) == 1
