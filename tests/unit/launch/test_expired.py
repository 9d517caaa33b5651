"""Which instances and volumes are over, by their tags."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.launch import expired

NOW = datetime(2026, 5, 19, 12, 0, tzinfo=UTC)
BEGAN = datetime(2026, 5, 19, 8, 0, tzinfo=UTC)


def instance(**tags: str | None) -> dict[str, Any]:
    given = {"run": "r1", "owner": "alice", "expires": "2026-05-19T10:00:00+00:00", "lifetime": "60", **tags}
    listed = [{"Key": f"benchmarks:{key}", "Value": value} for key, value in given.items() if value is not None]
    return {"InstanceId": "i-1", "InstanceType": "c7i.large", "LaunchTime": BEGAN, "Tags": listed}


def volume(**tags: str | None) -> dict[str, Any]:
    return {"VolumeId": "vol-1", "Size": 30, "CreateTime": BEGAN, "Tags": instance(**tags)["Tags"]}


@pytest.mark.parametrize("make", [instance, volume])
def test_the_later_of_tag_and_own_lifetime_counts(make: Any) -> None:
    assert expired.expiry(make()) == datetime(2026, 5, 19, 10, 0, tzinfo=UTC)
    # As of an instance that a continued run launched hours after the run's start.
    assert expired.expiry(make(lifetime="180")) == BEGAN + timedelta(minutes=180)
    # In any zone.
    assert expired.expiry(make(expires="2026-05-19T12:30:00+02:00")) == datetime(2026, 5, 19, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize("expires", [None, "", "soon", "2026-05-19T10:00:00", "2026-13-01T00:00:00+00:00"])
def test_an_unreadable_time_is_unknown(expires: str | None) -> None:
    assert expired.expiry(instance(expires=expires)) is None


@pytest.mark.parametrize("lifetime", [None, "", "long", "nan", "inf", "-60", "0", "1e300"])
def test_an_unreadable_lifetime_is_unknown(lifetime: str | None) -> None:
    assert expired.expiry(instance(lifetime=lifetime)) is None


def test_what_is_over_is_told_from_what_is_not_and_from_what_cannot_be_known() -> None:
    over, young, damaged = instance(), instance(expires="2026-05-19T12:00:01+00:00"), instance(expires="soon")
    exactly = instance(expires="2026-05-19T12:00:00+00:00")
    assert expired.sort([over, young, damaged, exactly], NOW, "alice") == expired.Sorted((over, exactly), (damaged,))


def test_what_is_another_owners_is_left_out_unless_all_are_asked_for() -> None:
    other, nobodys = instance(owner="bob"), instance(owner=None)
    assert expired.sort([other, nobodys], NOW, "alice") == expired.Sorted((), (nobodys,))
    assert expired.sort([other, nobodys], NOW, None) == expired.Sorted((other, nobodys), ())


def test_a_name_shows_no_control_character_of_a_tag() -> None:
    assert expired.name(instance(run="a\x1bb")) == "i-1 (c7i.large, run a\\x1bb)"
    assert expired.name(volume()) == "vol-1 (30 GiB, run r1)"
