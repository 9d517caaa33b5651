"""What a launch costs an hour, and the ceiling that it is held against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from benchmarks.aws import cpu_credits, prices
from benchmarks.aws.optional_answers import UnknownError
from benchmarks.preflight import run_plan
from benchmarks.runs.records import Preflight
from tests.support.aws_fakes import aws_error
from tests.support.launch_account import (
    PRICE,
    STARTED,
    Account,
    account,
    image,
    parameters,
    refusal,
    template,
    type_info,
)
from tests.support.records import CREDITS
from tests.unit.preflight.conftest import answering

CHEAPER = "raise max_price, or choose a cheaper type."
WHY = "the permission pricing:GetProducts is missing"


def test_a_price_above_the_ceiling_is_refused() -> None:
    assert (
        refusal(account(), max_price=0.3)
        == "c7i.2xlarge costs $0.357 an hour, more than the max_price of $0.3: " + CHEAPER
    )
    run_plan.make(parameters(max_price=0.357), account(), STARTED)


def test_a_ceiling_that_cannot_be_checked_is_refused_with_the_reason(price: Callable[[Any], None]) -> None:
    price(UnknownError(WHY))
    assert refusal(account(), max_price=1.0) == (
        f"The price cannot be checked against max_price: {WHY}. Leave max_price out to run without it."
    )


def test_an_unknown_price_is_planned_with_the_reason(price: Callable[[Any], None]) -> None:
    price(UnknownError(WHY))
    (launch,) = run_plan.make(parameters(), account(), STARTED).launches
    assert (launch.price, launch.price_unknown) == (None, WHY)


def spot_account(maximum: str | None = None, history: Any = None, market: str = "spot") -> Account:
    """An account whose template asks for spot instances, which cost less in the first zone than in the second."""
    options = {"SpotOptions": {"MaxPrice": maximum}} if maximum else {}
    prices = [
        {
            "InstanceType": "c7i.2xlarge",
            "AvailabilityZone": f"eu-central-1{zone}",
            "SpotPrice": usd,
            "Timestamp": STARTED,
        }
        for zone, usd in (("a", "0.11"), ("b", "0.12"), ("c", "0.9"))
    ]
    return account(
        describe_launch_template_versions=template(InstanceMarketOptions={"MarketType": market, **options}),
        describe_spot_price_history=history or {"SpotPriceHistory": prices},
    )


def made(connect: Account, **given: Any) -> Preflight:
    return run_plan.make(parameters(**given), connect, STARTED)


@pytest.mark.parametrize(("maximum", "most"), [(None, PRICE.usd_per_hour), ("0.2", 0.2)])
def test_a_spot_launch_has_the_dearest_spot_price_of_its_zones_and_what_it_may_rise_to(
    maximum: str | None, most: float
) -> None:
    plan = made(spot_account(maximum))
    (launch,) = plan.launches
    assert launch.spot
    assert launch.price
    assert (launch.price.usd_per_hour, launch.price.usd_per_hour_at_most) == (0.12, most)
    assert launch.price.source == "EC2 spot price in eu-central-1b, the dearest of eu-central-1a, eu-central-1b"
    assert plan.warnings == (
        f"c7i.2xlarge is a spot instance here: it costs $0.12 an hour now, which may rise to ${most} while it runs, "
        "and EC2 may take it back.",
    )


def test_a_ceiling_is_held_against_the_spot_price_of_now() -> None:
    assert refusal(spot_account(), max_price=0.1) == (
        "c7i.2xlarge costs $0.12 an hour, more than the max_price of $0.1: " + CHEAPER
    )
    assert made(spot_account(), max_price=0.3).warnings
    assert made(spot_account(), max_price=0.357).warnings == ()


def test_what_a_spot_price_may_rise_to_may_be_unknown(price: Callable[[Any], None]) -> None:
    price(UnknownError(WHY))
    plan = made(spot_account())
    assert plan.launches[0].price
    assert plan.launches[0].price.usd_per_hour_at_most is None
    assert "which may rise by an unknown amount while it runs" in plan.warnings[0]


def test_an_unknown_spot_price_is_not_replaced_by_another() -> None:
    denied = aws_error("UnauthorizedOperation", "no", "DescribeSpotPriceHistory")
    plan = made(spot_account(history=denied))
    why = "the permission ec2:DescribeSpotPriceHistory is missing"
    assert (plan.launches[0].price, plan.launches[0].price_unknown, plan.warnings) == (None, why, ())
    assert why in refusal(spot_account(history=denied), max_price=1.0)


def test_another_market_than_spot_has_no_known_price() -> None:
    account = spot_account(market="capacity-block")
    launch = made(account).launches[0]
    assert (launch.spot, launch.price) == (False, None)
    why = "AWS lists no prices of the market capacity-block, for which the launch template asks"
    assert launch.price_unknown == why
    assert why in refusal(account, max_cost=1.0)


def test_a_run_that_may_cost_more_than_allowed_is_refused() -> None:
    # 60 minutes to build, 180 to measure and 30 to spare, at $0.357 an hour.
    assert refusal(account(), max_cost=1.6) == (
        "The run may cost $1.61, more than the max_cost of $1.6, if it lasts for all of its 4 h 30 min: lower "
        "time_limit or build_limit, or choose a cheaper type."
    )
    made(account(), max_cost=1.61)
    made(account(), max_cost=1.2, time_limit=60)


def test_a_spot_launch_is_held_against_what_its_price_may_rise_to() -> None:
    assert "may cost $1.61, more than the max_cost of $1.6" in refusal(spot_account(), max_cost=1.6)
    made(spot_account("0.2"), max_cost=1.6)


def test_a_cost_that_cannot_be_checked_is_refused_with_the_reason(price: Callable[[Any], None]) -> None:
    price(UnknownError(WHY))
    assert refusal(account(), max_cost=5.0) == (
        f"The cost cannot be checked against max_cost: {WHY}. Leave max_cost out to run without it."
    )
    assert "its spot price has no known limit" in refusal(spot_account(), max_cost=5.0)


def dedicated(**more: Any) -> Account:
    return account(describe_launch_template_versions=template(Placement={"Tenancy": "dedicated"}, **more))


def test_dedicated_hardware_has_a_price_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"default": PRICE, "dedicated": replace(PRICE, usd_per_hour=0.379)}
    monkeypatch.setattr(prices, "of_type", lambda _connect, _region, _name, tenancy, _billed: own[tenancy])
    (launch,) = made(dedicated()).launches
    assert (launch.tenancy, launch.price) == ("dedicated", own["dedicated"])
    assert (
        refusal(dedicated(), max_price=0.36)
        == "c7i.2xlarge costs $0.379 an hour, more than the max_price of $0.36: " + CHEAPER
    )


def test_the_cost_of_dedicated_hardware_cannot_be_held_against_a_ceiling() -> None:
    assert refusal(dedicated(), max_cost=100.0) == (
        "The cost cannot be checked against max_cost: AWS charges a fee for dedicated hardware besides the price of "
        "the instance. Leave max_cost out to run without it."
    )


def test_a_spot_price_is_not_claimed_for_dedicated_hardware() -> None:
    plan = made(dedicated(InstanceMarketOptions={"MarketType": "spot"}))
    assert plan.launches[0].price is None
    assert plan.launches[0].price_unknown == (
        "EC2 lists spot prices for shared hardware only, and the launch template asks for its own"
    )


def test_an_amount_is_no_more_than_itself(price: Callable[[Any], None]) -> None:
    # 0.34 * 5.5 is 1.8700000000000003.
    price(replace(PRICE, usd_per_hour=0.34))
    assert made(account(), max_cost=1.87, time_limit=240).launches


def test_zones_above_the_templates_maximum_do_not_count() -> None:
    (launch,) = made(spot_account("0.115")).launches
    assert launch.price
    assert (launch.price.usd_per_hour, launch.price.usd_per_hour_at_most) == (0.11, 0.115)


def test_a_maximum_below_every_zones_price_is_refused() -> None:
    assert refusal(spot_account("0.05")) == (
        "The launch template's MaxPrice of $0.05 an hour is below the spot price of c7i.2xlarge in every zone, which "
        "is $0.11 in eu-central-1a: raise MaxPrice, or choose another type."
    )


@pytest.fixture
def credits(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Sets what CPU credits may add to an hour, or an error to raise."""
    return answering(monkeypatch, cpu_credits, "most_an_hour", CREDITS)


def burstable(name: str = "t3.large", **data: Any) -> Account:
    return account(
        describe_instance_types={"InstanceTypes": [type_info(name, BurstablePerformanceSupported=True)]},
        describe_launch_template_versions=template(**data),
    )


@pytest.mark.usefixtures("credits")
@pytest.mark.parametrize(
    ("name", "option", "planned"),
    [
        ("t3.large", None, True),
        ("t3.large", "standard", False),
        ("t2.large", None, True),
        ("t2.large", "unlimited", True),
        ("t2.large", "standard", False),
    ],
)
def test_what_cpu_credits_may_add_is_planned_unless_they_are_standard(
    name: str, option: str | None, planned: bool
) -> None:
    data = {"CreditSpecification": {"CpuCredits": option}} if option else {}
    (launch,) = made(burstable(name, **data)).launches
    assert (launch.price, launch.cpu_credits) == (PRICE, CREDITS if planned else None)
    assert launch.cpu_credits_unknown is None


@pytest.mark.usefixtures("credits")
def test_ceilings_are_held_against_the_price_with_all_that_credits_may_add() -> None:
    assert refusal(burstable(), max_price=0.4) == (
        "t3.large costs $0.357 an hour, and up to $0.1 for CPU credits, more than the max_price of $0.4: " + CHEAPER
    )
    made(burstable(), max_price=0.457)
    # $0.457 for 4.5 hours.
    assert "The run may cost $2.06, more than the max_cost of $2, " in refusal(burstable(), max_cost=2.0)
    made(burstable(), max_cost=2.06)


def test_unknown_credits_leave_the_price_known_and_refuse_ceilings(credits: Callable[[Any], None]) -> None:
    credits(UnknownError(WHY))
    (launch,) = made(burstable()).launches
    assert (launch.price, launch.cpu_credits, launch.cpu_credits_unknown) == (PRICE, None, WHY)
    assert refusal(burstable(), max_price=9.0) == (
        f"The price cannot be checked against max_price: {WHY}. Leave max_price out to run without it."
    )
    assert refusal(burstable(), max_cost=9.0) == (
        f"The cost cannot be checked against max_cost: {WHY}. Leave max_cost out to run without it."
    )
    made(burstable(CreditSpecification={"CpuCredits": "standard"}), max_price=9.0, max_cost=9.0)


def licensed(platform: str, operation: str, products: tuple[str, ...] = (), **data: Any) -> Account:
    codes = [{"ProductCodeId": code, "ProductCodeType": "marketplace"} for code in products]
    fields = {"PlatformDetails": platform, "UsageOperation": operation, "ProductCodes": codes}
    return account(
        describe_images={"Images": [{**image(), **fields}]},
        describe_launch_template_versions=template(**data),
        describe_spot_price_history={"SpotPriceHistory": []},
    )


def test_a_licence_is_priced_with_the_instance_and_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {None: PRICE, "Red Hat Enterprise Linux": replace(PRICE, usd_per_hour=0.473)}
    monkeypatch.setattr(prices, "of_type", lambda *given: own[given[-1].licensed_platform])
    connect = licensed("Red Hat Enterprise Linux", "RunInstances:0010")
    (launch,) = made(connect).launches
    assert launch.price and launch.price.usd_per_hour == 0.473
    assert launch.image.licensed_platform == "Red Hat Enterprise Linux"
    expected = "c7i.2xlarge costs $0.473 an hour, more than the max_price of $0.4: " + CHEAPER
    assert refusal(connect, max_price=0.4) == expected
    assert "The run may cost $2.13, more than the max_cost of $2, " in refusal(connect, max_cost=2.0)
    (plain,) = made(licensed("Linux/UNIX", "RunInstances")).launches
    assert (plain.price, plain.image.licensed_platform) == (PRICE, None)


def test_suse_is_held_against_a_ceiling_by_whole_hours() -> None:
    # 4.5 hours at $0.357 are billed as 5.
    connect = licensed("SUSE Linux", "RunInstances:000g")
    assert "The run may cost $1.79, more than the max_cost of $1.7, " in refusal(connect, max_cost=1.7)


def test_an_image_with_a_fee_of_its_own_has_no_known_price(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    connect = licensed("Linux/UNIX", "RunInstances", ("abc",))
    why = "the image has a fee of its own (product code abc), which AWS's lists of prices do not have"
    (launch,) = made(connect).launches
    assert (launch.price, launch.price_unknown) == (None, why)
    assert f"The price cannot be checked against max_price: {why}." in refusal(connect, max_price=9.0)
    assert f"The cost cannot be checked against max_cost: {why}." in refusal(connect, max_cost=9.0)


def test_a_platform_without_spot_prices_does_not_get_those_of_linux() -> None:
    connect = licensed("Ubuntu Pro", "RunInstances:0g00", InstanceMarketOptions={"MarketType": "spot"})
    (launch,) = made(connect).launches
    assert launch.price_unknown == "EC2 lists no spot prices for Ubuntu Pro, the platform of the image"
