"""What a spot instance costs an hour, read from EC2's history of prices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from benchmarks.aws import spot_prices
from benchmarks.aws.image_billing import Billed
from benchmarks.aws.optional_answers import UnknownError
from tests.support.aws_fakes import FakeClient, aws_error

NOW = datetime.now(UTC)


def entry(zone: str, usd: str, minutes: int = 0, name: str = "a") -> dict[str, Any]:
    return {
        "InstanceType": name,
        "AvailabilityZone": zone,
        "SpotPrice": usd,
        "Timestamp": NOW - timedelta(minutes=minutes),
    }


def client(*history: Any) -> FakeClient:
    return FakeClient(describe_spot_price_history={"SpotPriceHistory": list(history)})


def test_of_several_prices_the_newest_counts() -> None:
    ec2 = client(entry("z1", "0.3", 9), entry("z1", "0.1", 2), entry("z1", "0.2", 5), entry("z2", "0.4", 1))
    assert spot_prices.newest(ec2) == {"a": {"z1": 0.1, "z2": 0.4}}


@pytest.mark.parametrize("damaged", [{}, None, entry("z1", "many"), entry("z1", "NaN"), entry("z1", "-1")])
def test_a_damaged_price_does_not_spoil_the_others(damaged: Any) -> None:
    assert spot_prices.newest(client(damaged, entry("z2", "0.4"))) == {"a": {"z2": 0.4}}


def test_the_dearest_of_the_zones_to_launch_in_is_told_with_its_zone() -> None:
    ec2 = client(entry("z1", "0.1"), entry("z2", "0.2"), entry("z3", "0.9"))
    price = spot_prices.dearest(ec2, "a", {"z1", "z2"})
    assert (price.usd_per_hour, price.source) == (0.2, "EC2 spot price in z2, the dearest of z1, z2")
    assert spot_prices.dearest(ec2, "a", {"z1"}).source == "EC2 spot price in z1"
    assert spot_prices.dearest(ec2, "a", ()).usd_per_hour == 0.9
    (asked, *_) = ec2.called("describe_spot_price_history")
    assert (asked["InstanceTypes"], asked["ProductDescriptions"]) == (["a"], ["Linux/UNIX"])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (aws_error("UnauthorizedOperation"), "the permission ec2:DescribeSpotPriceHistory is missing"),
        (
            aws_error("RequestLimitExceeded", "Slow down.", "DescribeSpotPriceHistory"),
            "AWS refused DescribeSpotPriceHistory (RequestLimitExceeded): Slow down",
        ),
        ({}, "AWS's answer cannot be read"),
        ({"SpotPriceHistory": [entry("z9", "1")]}, "EC2 has no spot price for a in z1, z2"),
    ],
)
def test_whatever_fails_the_price_is_unknown_and_it_is_known_why(answer: Any, why: str) -> None:
    with pytest.raises(UnknownError) as unknown:
        spot_prices.dearest(FakeClient(describe_spot_price_history=answer), "a", {"z1", "z2"})
    assert str(unknown.value) == why


def test_a_licence_that_is_on_the_spot_market_is_asked_for_by_its_platform() -> None:
    ec2 = client(entry("z1", "0.1"))
    rhel = Billed("Red Hat Enterprise Linux", "RunInstances:0010")
    assert spot_prices.dearest(ec2, "a", {"z1"}, billed=rhel).usd_per_hour == 0.1
    (asked,) = ec2.called("describe_spot_price_history")
    assert asked["ProductDescriptions"] == ["Red Hat Enterprise Linux"]


@pytest.mark.parametrize(
    ("billed", "why"),
    [
        (Billed("Ubuntu Pro", "RunInstances:0g00"), "EC2 lists no spot prices for Ubuntu Pro"),
        (Billed(products=("abc",)), "the image has a fee of its own"),
    ],
)
def test_what_has_no_spot_price_of_its_own_does_not_get_that_of_linux(billed: Billed, why: str) -> None:
    ec2 = client(entry("z1", "0.1"))
    with pytest.raises(UnknownError, match=why):
        spot_prices.dearest(ec2, "a", {"z1"}, billed=billed)
    assert ec2.calls == []
