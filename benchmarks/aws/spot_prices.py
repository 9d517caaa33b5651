"""Spot prices, which EC2 sets for each instance type and zone, and changes.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from benchmarks.aws.image_billing import LINUX, Billed, check_listed
from benchmarks.aws.optional_answers import DAMAGED, UnknownError, optional
from benchmarks.aws.session import AwsShape, Client
from benchmarks.errors import RefusedError
from benchmarks.runs.records import Price

PERMISSION = "ec2:DescribeSpotPriceHistory"


def newest(
    ec2: Client, instance_type: str | None = None, platform: str = LINUX.platform
) -> dict[str, dict[str, float]]:
    """The spot price in force of each type (or one) by zone, in USD an hour, for a platform. Raises botocore's errors.

    The price that was in force when the requested period begins is part of EC2's answer, however old it is.
    """
    only = {"InstanceTypes": [instance_type]} if instance_type else {}
    pages = ec2.get_paginator("describe_spot_price_history").paginate(
        ProductDescriptions=[platform], StartTime=datetime.now(UTC), **only
    )
    found: dict[tuple[str, str], tuple[datetime, float]] = {}
    for entry in (entry for page in pages for entry in page["SpotPriceHistory"]):
        if read := _read(entry):
            key, price = read
            found[key] = max(price, found.get(key, price))
    prices: dict[str, dict[str, float]] = {}
    for (name, zone), (_, usd) in sorted(found.items()):
        prices.setdefault(name, {})[zone] = usd
    return prices


def _read(entry: AwsShape) -> tuple[tuple[str, str], tuple[datetime, float]] | None:
    """An entry's type and zone, and its date and price; None if it is damaged."""
    try:
        usd = float(entry["SpotPrice"])
        found = (entry["InstanceType"], entry["AvailabilityZone"]), (entry["Timestamp"], usd)
    except DAMAGED:
        return None
    return found if 0 < usd < float("inf") else None


def dearest(
    ec2: Client, instance_type: str, zones: Collection[str], maximum: float | None = None, billed: Billed = LINUX
) -> Price:
    """The highest spot price in force in the zones, any of which a launch may get; in all zones if there are none.

    A request with a `maximum` (USD) gets no instance in a zone that costs more. Raises UnknownError if the price is not
    known, whatever the reason, and RefusedError if every zone costs more.
    """
    check_listed(billed)
    platform = billed.spot_platform
    with optional(PERMISSION):
        every = newest(ec2, instance_type, platform).get(instance_type, {})
        known = {zone: usd for zone, usd in every.items() if not zones or zone in zones}
    if not known:
        raise UnknownError(f"EC2 has no spot price for {instance_type} in {', '.join(sorted(zones)) or 'this region'}")
    if maximum is not None:
        affordable = {zone: usd for zone, usd in known.items() if usd <= maximum}
        if not affordable:
            cheapest = min(known, key=lambda name: known[name])
            raise RefusedError(
                f"The launch template's MaxPrice of ${maximum:.4g} an hour is below the spot price of {instance_type} "
                f"in every zone, which is ${known[cheapest]:.4g} in {cheapest}: raise MaxPrice, or choose another type."
            )
        known = affordable
    zone = max(known, key=lambda name: known[name])
    among = f", the dearest of {', '.join(sorted(known))}" if len(known) > 1 else ""
    return Price(
        usd_per_hour=known[zone], source=f"EC2 spot price in {zone}{among}", date=f"{datetime.now(UTC):%Y-%m-%d}"
    )
