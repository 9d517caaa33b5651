"""What a measurement has cost, as far as it is known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from benchmarks.results.money_facts import money
from benchmarks.runs.records import Image, Price
from benchmarks.runs.result_records import Money
from tests.support import records

PRICE = Price(usd_per_hour=0.36, source="AWS Price List, on demand", date="2026-05-19")
LAUNCH = records.launch_plan(price=PRICE)
KNOWN = Money(usd_per_hour=0.36, source="AWS Price List, on demand", date="2026-05-19")
HOUR = records.STARTED + timedelta(hours=1)


def cost(seconds: float, **of_instance: Any) -> float | None:
    told = money(LAUNCH, records.instance(**of_instance), records.STARTED + timedelta(seconds=seconds))
    assert told
    return told.cost_usd


def test_the_cost_is_counted_from_the_launch_by_the_second_with_a_minute_at_least() -> None:
    assert cost(1800) == pytest.approx(0.18)
    assert cost(7) == pytest.approx(0.006)
    assert cost(1800, lifecycle="on-demand", tenancy="default") == pytest.approx(0.18)


def test_the_price_is_told_with_its_source_even_if_the_cost_is_unknown() -> None:
    assert money(LAUNCH, records.instance(), None) == KNOWN
    assert money(LAUNCH, None, HOUR) == KNOWN


@pytest.mark.parametrize("of_instance", [{"lifecycle": "spot"}, {"tenancy": "dedicated"}])
def test_what_is_not_bought_at_the_price_has_an_unknown_cost(of_instance: dict[str, str]) -> None:
    assert cost(1800, **of_instance) is None


def test_without_a_launch_or_its_price_there_is_nothing_to_tell() -> None:
    assert money(None, None, HOUR) is None
    assert money(records.launch_plan(price=None), records.instance(), HOUR) is None


@pytest.mark.parametrize(
    ("credits", "planned", "told"),
    [
        ("standard", {"cpu_credits": records.CREDITS}, (0.18, None)),
        ("unlimited", {"cpu_credits": records.CREDITS}, (None, 0.23)),
        (None, {"cpu_credits": records.CREDITS}, (None, 0.23)),
        ("unlimited", {"cpu_credits_unknown": "AWS lists none"}, (None, None)),
        ("unlimited", {}, (None, None)),
    ],
)
def test_where_credits_may_have_cost_something_only_the_most_is_known(
    credits: str | None, planned: dict[str, Any], told: tuple[float | None, float | None]
) -> None:
    launch = records.launch_plan(price=PRICE, **planned)
    found = money(launch, records.instance(cpu_credits=credits), records.STARTED + timedelta(minutes=30))
    assert found
    assert (found.cost_usd, found.cost_usd_at_most) == pytest.approx(told)


def test_the_hours_of_a_licence_are_billed_as_its_platform_is() -> None:
    suse = records.launch_plan(price=PRICE, image=Image(id="ami-1", licensed_platform="SUSE Linux"))
    told = money(suse, records.instance(), records.STARTED + timedelta(minutes=61))
    assert told and told.cost_usd == pytest.approx(0.72)
