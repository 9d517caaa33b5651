"""What a run's instances cost, as one sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from benchmarks.launch import cost
from benchmarks.launch.cost import HostCost
from benchmarks.runs.records import Ended, Image, LaunchPlan, Price, Terminated
from tests.support import records

BEGAN = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
PRICE = Price(usd_per_hour=0.36, source="AWS Price List, on demand", date="2026-05-19")


def line(
    seconds: float, price: Price | None = PRICE, instances: int = 1, ended: bool = True, unknown: str | None = None
) -> str:
    launched = records.instances(*(f"i-{n}" for n in range(instances)))
    end = BEGAN + timedelta(seconds=seconds)
    over = tuple(Ended(instance_id=one.instance_id, at=end) for one in launched.instances) if ended else ()
    return cost.line(records.launch_plan(price=price, price_unknown=unknown), launched, Terminated(instances=over), end)


def test_the_line_says_type_time_price_source_and_sum() -> None:
    assert line(600) == (
        "c7i.large for 10 min 0 s at $0.36/h: $0.0600 (AWS Price List, on demand, 2026-05-19; storage and traffic not "
        "counted)"
    )


def test_the_price_of_a_spot_instance_is_told_as_one_that_changes() -> None:
    price = Price(usd_per_hour=0.12, source="EC2 spot price in eu-central-1b", date="2026-05-19")
    plan = records.launch_plan(price=price, spot=True)
    over = Terminated(instances=(Ended(instance_id="i-1", at=BEGAN + timedelta(minutes=10)),))
    assert cost.line(plan, records.instances("i-1"), over) == (
        "c7i.large for 10 min 0 s at a spot price of $0.12/h: about $0.0200 (EC2 spot price in eu-central-1b, "
        "2026-05-19; storage and traffic not counted)"
    )


def test_the_fee_for_dedicated_hardware_is_told_as_not_counted_and_leaves_the_most_unknown() -> None:
    plan = records.launch_plan(price=PRICE, tenancy="dedicated")
    over = Terminated(instances=(Ended(instance_id="i-1", at=BEGAN + timedelta(minutes=10)),))
    assert cost.line(plan, records.instances("i-1"), over).endswith(
        "; storage, traffic and dedicated hardware's fee not counted)"
    )
    assert cost.at_most([(plan, 60)]) is None
    assert cost.at_most([(replace(plan, tenancy="default"), 60)]) == PRICE.usd_per_hour


def burstable(credits: str | None, **changes: Any) -> str:
    plan = records.launch_plan(**{"price": PRICE, "cpu_credits": records.CREDITS, **changes})
    over = Terminated(instances=(Ended(instance_id="i-1", at=BEGAN + timedelta(minutes=30)),))
    launched = records.instances()
    return cost.line(plan, replace(launched, instances=(records.instance(cpu_credits=credits),)), over)


@pytest.mark.parametrize("credits", ["unlimited", None])
def test_of_credits_the_most_that_they_may_have_cost_is_told(credits: str | None) -> None:
    assert burstable(credits) == (
        "c7i.large for 30 min 0 s at $0.36/h: $0.1800, and up to $0.0500 for CPU credits (AWS Price List, on demand, "
        "2026-05-19; storage and traffic not counted)"
    )
    assert ": about $0.1800, and up to $0.0500 for CPU credits (" in burstable(credits, spot=True)


def test_credits_that_ec2_says_are_standard_cost_nothing() -> None:
    assert ": $0.1800 (AWS Price List, on demand, 2026-05-19; storage and traffic not counted)" in burstable("standard")


@pytest.mark.parametrize("unknown", ["AWS lists none", None])
def test_credits_of_an_unknown_price_are_told_as_not_counted(unknown: str | None) -> None:
    told = burstable("unlimited", cpu_credits=None, cpu_credits_unknown=unknown)
    assert told.endswith(
        ": $0.1800 (AWS Price List, on demand, 2026-05-19; storage, traffic and CPU credits not counted)"
    )


def test_a_minute_is_the_least_that_is_billed() -> None:
    assert line(7).startswith("c7i.large for 1 min 0 s at $0.36/h: $0.0060 ")


def test_suse_is_billed_by_whole_hours() -> None:
    suse = records.launch_plan(price=PRICE, image=Image(id="ami-1", licensed_platform="SUSE Linux"))
    over = Terminated(instances=(Ended(instance_id="i-1", at=BEGAN + timedelta(minutes=61)),))
    assert cost.line(suse, records.instances("i-1"), over).startswith("c7i.large for 120 min 0 s at $0.36/h: $0.7200 ")
    assert cost.at_most([(suse, 270)]) == pytest.approx(5 * 0.36)


def test_every_instance_counts() -> None:
    assert line(600, instances=3).startswith("c7i.large for 30 min 0 s at $0.36/h: $0.1800 ")


def test_an_instance_that_runs_still_counts_until_now() -> None:
    assert line(600, ended=False) == line(600)


def test_an_unknown_price_is_said_to_be_unknown() -> None:
    assert line(600, price=None).startswith("c7i.large for 10 min 0 s; its price is not known: AWS lists none")
    assert line(600, price=None, unknown="AWS refused GetProducts") == (
        "c7i.large for 10 min 0 s; its price is not known: AWS refused GetProducts."
    )


def of_types(*prices: Price | None, **changes: Any) -> list[HostCost]:
    """The costs of half an hour on each of several types."""
    over = Terminated(instances=(Ended(instance_id="i-1", at=BEGAN + timedelta(minutes=30)),))
    return [
        cost.of_instance(
            records.launch_plan(instance_type=f"c{number}i.large", price=price, **changes), records.instance(), over
        )
        for number, price in enumerate(prices, 1)
    ]


def test_each_host_costs_its_own_price_and_a_run_their_sum() -> None:
    # As AWS describes a price.
    listed = "AWS Price List, on demand: $0.5 per On Demand Linux c2i.large Instance Hour"
    found = of_types(PRICE, replace(PRICE, usd_per_hour=0.5, source=listed))
    assert [str(one) for one in found] == ["$0.1800", "$0.2500"]
    assert cost.total(found) == (
        "$0.4300 for 2 instances (AWS Price List, on demand, 2026-05-19; storage and traffic not counted)"
    )


def test_a_host_whose_price_is_not_known_is_named_beside_the_sum_of_the_others() -> None:
    found = of_types(PRICE, None)
    assert str(found[1]) == "not known"
    assert cost.total(found) == (
        "$0.1800 for 1 instance (AWS Price List, on demand, 2026-05-19; storage and traffic not counted); the price of "
        "c2i.large is not known: AWS lists none, or the permission pricing:GetProducts is missing."
    )
    assert cost.total(found[1:]).startswith("the price of c2i.large is not known: ")


def test_prices_of_several_sources_name_each_once_and_what_may_be_more() -> None:
    found = [
        *of_types(PRICE, PRICE, cpu_credits=records.CREDITS),
        *of_types(replace(PRICE, source="EC2 spot price in eu-central-1b"), spot=True),
    ]
    assert [str(one) for one in found] == ["≤$0.2300", "≤$0.2300", "~$0.1800"]
    assert cost.total(found) == (
        "about $0.5400, and up to $0.1000 for CPU credits for 3 instances (AWS Price List, on demand, 2026-05-19; EC2 "
        "spot price in eu-central-1b, 2026-05-19; storage and traffic not counted)"
    )


SPOT = Price(usd_per_hour=0.12, source="EC2 spot price", date="2026-05-19", usd_per_hour_at_most=0.36)


@pytest.mark.parametrize(
    ("launches", "usd"),
    [
        ([records.launch_plan(price=PRICE)], 1.62),
        ([records.launch_plan(price=PRICE), records.launch_plan(price=PRICE)], 3.24),
        ([records.launch_plan(price=SPOT, spot=True)], 1.62),
        ([records.launch_plan(price=replace(SPOT, usd_per_hour_at_most=None), spot=True)], None),
        ([records.launch_plan(price=PRICE), records.launch_plan(price=None)], None),
        ([records.launch_plan(price=PRICE, cpu_credits=records.CREDITS)], 2.07),
        ([records.launch_plan(price=SPOT, spot=True, cpu_credits=records.CREDITS)], 2.07),
        ([records.launch_plan(price=PRICE, cpu_credits_unknown="AWS lists none")], None),
        ([], 0),
    ],
)
def test_the_most_that_a_run_costs_is_its_price_for_its_whole_lifetime(
    launches: list[LaunchPlan], usd: float | None
) -> None:
    lasting = [(launch, 270) for launch in launches]
    assert cost.at_most(lasting) == (None if usd is None else pytest.approx(usd))


def test_each_instance_costs_what_its_own_lifetime_costs() -> None:
    launch = records.launch_plan(price=PRICE)
    assert cost.at_most([(launch, 60), (launch, 90)]) == pytest.approx(2.5 * PRICE.usd_per_hour)


@pytest.mark.parametrize(("usd", "said"), [(1.6065, "$1.61"), (0.3, "$0.30"), (0.001, "$0.01"), (0, "$0.00")])
def test_the_most_that_something_costs_is_rounded_up(usd: float, said: str) -> None:
    assert cost.cents(usd) == said
