"""On-demand prices, from the AWS Price List Query API.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from benchmarks.aws.aws_errors import optional
from benchmarks.aws.session import AwsShape, Client, Connect
from benchmarks.runs.records import Price

# The API has endpoints in a few regions only; each has the prices of all regions.
ENDPOINT_REGION = "us-east-1"


def _hourly(product: AwsShape) -> AwsShape | None:
    """The hourly price dimension of an entry of the price list, None if it has none."""
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            if dimension["unit"] == "Hrs" and float(dimension["pricePerUnit"].get("USD", 0)) > 0:
                found: AwsShape = dimension
                return found
    return None


def on_demand(product: AwsShape) -> float | None:
    """The hourly price of an entry of the price list in USD, None if it has none."""
    dimension = _hourly(product)
    return float(dimension["pricePerUnit"]["USD"]) if dimension else None


def filters(region: str, instance_type: str | None = None) -> list[dict[str, str]]:
    """Filters for plain Linux with shared tenancy, for one instance type or for all."""
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
    """The price of each type in USD per hour; types without a price are left out. Raises botocore's errors."""
    found = {}
    for page in pricing.get_paginator("get_products").paginate(ServiceCode="AmazonEC2", Filters=filters(region)):
        for product in map(json.loads, page["PriceList"]):
            if (price := on_demand(product)) is not None:
                found[product["product"]["attributes"]["instanceType"]] = price
    return found


def of_type(connect: Connect, region: str, instance_type: str) -> Price | None:
    """The hourly price of a type; None if the permission is missing or the list has no price."""
    client: Client = connect("pricing", ENDPOINT_REGION)
    answer = optional(lambda: client.get_products(ServiceCode="AmazonEC2", Filters=filters(region, instance_type)))
    for text in (answer or {}).get("PriceList", []):
        if dimension := _hourly(json.loads(text)):
            # The description in the list says what the price is for, and where it applies.
            described = f": {dimension['description']}" if dimension.get("description") else ", on demand"
            return Price(
                usd_per_hour=float(dimension["pricePerUnit"]["USD"]),
                source=f"AWS Price List{described}",
                date=f"{datetime.now(UTC):%Y-%m-%d}",
            )
    return None
