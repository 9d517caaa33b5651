"""EC2's bill counts seconds, and a minute at least."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.aws import billing

BEGAN = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)


@pytest.mark.parametrize(("lasted", "billed"), [(-5, 60), (0, 60), (59.5, 60), (60.5, 60.5), (3600, 3600)])
def test_every_second_after_the_first_minute_is_billed(lasted: float, billed: float) -> None:
    assert billing.seconds_billed(BEGAN, BEGAN + timedelta(seconds=lasted)) == billed


@given(st.floats(0, 10**7), st.floats(0, 10**7))
def test_longer_never_costs_less(one: float, other: float) -> None:
    short, long = (BEGAN + timedelta(seconds=seconds) for seconds in sorted((one, other)))
    assert 60 <= billing.seconds_billed(BEGAN, short) <= billing.seconds_billed(BEGAN, long)


def test_an_hour_costs_its_price_and_a_minute_a_sixtieth_of_it() -> None:
    assert billing.cost(0.36, 3600) == 0.36
    assert billing.cost(0.36, 60) == pytest.approx(0.006)


@pytest.mark.parametrize(("lasted", "billed"), [(-5, 3600), (0, 3600), (3600, 3600), (3600.5, 7200), (16200, 18000)])
def test_every_hour_with_suse_that_has_begun_is_billed(lasted: float, billed: float) -> None:
    assert billing.seconds_billed(BEGAN, BEGAN + timedelta(seconds=lasted), "SUSE Linux") == billed
    assert billing.whole(lasted, "SUSE Linux") == billed


def test_other_licences_are_billed_by_the_second() -> None:
    assert billing.whole(61, "Red Hat Enterprise Linux") == billing.whole(61) == 61
