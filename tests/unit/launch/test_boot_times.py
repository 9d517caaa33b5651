"""How long a run waits for its instances, and how long they live."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.launch import boot_times


@pytest.mark.parametrize(
    ("launches", "connect", "lifetime"),
    [
        ([], 300, 270),
        # As in a record that an earlier version has written.
        ([{}], 300, 270),
        ([{"bare_metal": False}], 300, 270),
        ([{"bare_metal": False}, {"bare_metal": True}], 1500, 295),
    ],
)
def test_bare_metal_has_more_time_to_boot_and_lives_as_much_longer(
    launches: list[dict[str, Any]], connect: int, lifetime: int
) -> None:
    assert boot_times.connect_timeout(launches) == connect
    assert boot_times.lifetime(launches, 60, 180) == lifetime
