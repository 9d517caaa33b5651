"""DescribeSpotPriceHistory, with invented prices that differ by zone and change every six hours.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html: the price in force when the
requested period begins is part of the answer, the newest comes first, and nothing is older than 90 days.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.aws import moto_repairs
from sandbox.aws.paging import filters_of, fits, page
from sandbox.aws.pricing import invented_prices
from sandbox.aws.protocol import Call, Reply, answer

PERIOD = timedelta(hours=6)
OLDEST = timedelta(days=90)
PRODUCTS = ("Linux/UNIX", "Linux/UNIX (Amazon VPC)")
PAGE = 1000


def price_history(call: Call) -> Reply:
    """Answer DescribeSpotPriceHistory."""
    parameters = call.parameters
    history = list(_history(parameters, call.region, datetime.now(UTC)))
    shown, token = page(history, parameters.get("NextToken"), int(parameters.get("MaxResults") or PAGE))
    return answer(call, {"SpotPriceHistory": list(shown), "NextToken": token or ""})


def _history(parameters: Mapping[str, Any], region: str, now: datetime) -> Iterator[dict[str, Any]]:
    filters = filters_of(parameters)
    types = parameters.get("InstanceTypes") or filters.get("instance-type") or ["*"]
    zones = [parameters["AvailabilityZone"]] if parameters.get("AvailabilityZone") else filters.get("availability-zone")
    products = parameters.get("ProductDescriptions") or filters.get("product-description") or ["Linux/UNIX"]
    end = min(_aware(parameters.get("EndTime"), now), now)
    start = max(_aware(parameters.get("StartTime"), now - OLDEST), now - OLDEST)
    offered = [
        (name, zone)
        for name, zone in moto_repairs.offerings("availability-zone", region)
        if fits(name, types) and fits(zone, zones or ["*"])
    ]
    last, first = int(end.timestamp() // PERIOD.total_seconds()), int(start.timestamp() // PERIOD.total_seconds())
    for period in range(last, first - 1, -1):
        for name, zone in offered:
            facts = moto_repairs.instance_type(name)
            if facts is None or "spot" not in facts.get("SupportedUsageClasses", ()):
                continue
            for product in PRODUCTS:
                if fits(product, products):
                    yield {
                        "AvailabilityZone": zone,
                        "InstanceType": name,
                        "ProductDescription": product,
                        "SpotPrice": f"{invented_prices.spot(facts, zone, period):.6f}",
                        "Timestamp": datetime.fromtimestamp(period * PERIOD.total_seconds(), UTC),
                    }


def _aware(moment: datetime | None, default: datetime) -> datetime:
    if moment is None:
        return default
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
