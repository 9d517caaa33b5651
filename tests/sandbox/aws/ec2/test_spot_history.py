"""Spot prices: another one in each zone, below what the type costs on demand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.support.price_lists import USUAL, hourly, products


def test_spot_prices_differ_by_zone_and_are_below_on_demand(ec2: Any, pricing: Any) -> None:
    limit = hourly(products(pricing, instanceType="c7i.2xlarge", regionCode="us-east-1", **USUAL)[0])
    history = ec2.describe_spot_price_history(
        InstanceTypes=["c7i.2xlarge"], ProductDescriptions=["Linux/UNIX"], StartTime=datetime.now(UTC)
    )["SpotPriceHistory"]
    prices = {one["AvailabilityZone"]: float(one["SpotPrice"]) for one in history}
    assert len(history) == len(prices) >= 3
    assert len(set(prices.values())) > 1
    assert all(0 < price < limit for price in prices.values())
    again = ec2.describe_spot_price_history(
        InstanceTypes=["c7i.2xlarge"], ProductDescriptions=["Linux/UNIX"], StartTime=datetime.now(UTC)
    )["SpotPriceHistory"]
    assert again == history
