"""How many hosts of a run the vCPU quota has room for at once."""

from __future__ import annotations

from typing import Any

from benchmarks.launch import quota_room
from benchmarks.runs.records import LaunchPlan, Quota
from tests.support.launches import plan


def counted(host: int, needed: int = 4, used: int | None = 0, limit: int = 10, code: str = "L-1") -> LaunchPlan:
    quota = Quota(code=code, name="Standard", limit=limit, needed=needed, used=used)
    return plan(host=host, quota=quota)


def first(*plans: LaunchPlan) -> list[int]:
    return [one.host for one in quota_room.at_first(plans)]


def test_as_many_are_launched_as_there_is_room_for() -> None:
    assert first(*(counted(host) for host in range(1, 6))) == [1, 2]
    assert first(*(counted(host, used=6) for host in range(1, 6))) == [1]


def test_a_small_host_fits_where_a_large_one_does_not() -> None:
    assert first(counted(1), counted(2, needed=8), counted(3)) == [1, 3]


def test_each_quota_has_room_of_its_own() -> None:
    assert first(counted(1, 8), counted(2, 8), counted(3, 8, code="L-2"), counted(4, 8, code="L-2")) == [1, 3]


def test_ec2_decides_of_a_host_that_has_its_quota_for_itself() -> None:
    assert first(counted(1, needed=16), counted(2, needed=16)) == [1]


def test_without_a_known_quota_all_are_launched() -> None:
    assert first(counted(1, used=None), counted(2, used=None), counted(3, used=None)) == [1, 2, 3]
    unknown: Any = [plan(host=host, quota=None) for host in (1, 2, 3)]
    assert first(*unknown) == [1, 2, 3]


def test_hosts_that_wait_take_a_turn_after_those_before_them() -> None:
    assert quota_room.turns([counted(host) for host in range(1, 6)]) == 3
    assert quota_room.turns([counted(host, used=None) for host in range(1, 6)]) == 1
    assert quota_room.turns([]) == 0
