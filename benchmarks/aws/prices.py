"""On-demand prices, from the AWS Price List Query API.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from benchmarks.aws.aws_errors import optional
from benchmarks.aws.session import AwsShape, Client, Connect
from benchmarks.runs.records import Price

# The API has endpoints in a few regions only; each knows the prices of all.
ENDPOINT_REGION = "us-east-1"


def _hourly(product: AwsShape) -> AwsShape | None:
    """The dimension of one entry of the price list that is paid by the hour, None where it has none."""
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            if dimension["unit"] == "Hrs" and float(dimension["pricePerUnit"].get("USD", 0)) > 0:
                found: AwsShape = dimension
                return found
    return None


def on_demand(product: AwsShape) -> float | None:
    """US dollars an hour of one entry of the price list, None where it has no hourly price."""
    dimension = _hourly(product)
    return float(dimension["pricePerUnit"]["USD"]) if dimension else None


def filters(region: str, instance_type: str | None = None) -> list[dict[str, str]]:
    """Filters for plain Linux on shared hardware, of one type or of all."""
    fields = {
        "regionCode": region,
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "capacitystatus": "Used",
        **({"instanceType": instance_type} if instance_type else {}),
    }
    return [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in fields.items()]


def of_region(pricing: Client, region: str) -> dict[str, float]:
    """What an hour of each type costs in US dollars; types without a price are left out. Raises AWS's errors."""
    found = {}
    for page in pricing.get_paginator("get_products").paginate(ServiceCode="AmazonEC2", Filters=filters(region)):
        for product in map(json.loads, page["PriceList"]):
            if (price := on_demand(product)) is not None:
                found[product["product"]["attributes"]["instanceType"]] = price
    return found


def of_type(connect: Connect, region: str, instance_type: str) -> Price | None:
    """What an hour costs, with source and date; None where the permission to ask is missing or there is no price."""
    client: Client = connect("pricing", ENDPOINT_REGION)
    answer = optional(lambda: client.get_products(ServiceCode="AmazonEC2", Filters=filters(region, instance_type)))
    for text in (answer or {}).get("PriceList", []):
        if dimension := _hourly(json.loads(text)):
            # The list's own words say what the price is for, and whose it is.
            described = f": {dimension['description']}" if dimension.get("description") else ", on demand"
            return Price(
                usd_per_hour=float(dimension["pricePerUnit"]["USD"]),
                source=f"AWS Price List{described}",
                date=f"{datetime.now(UTC):%Y-%m-%d}",
            )
    return None
