"""On-demand prices, from the AWS Price List Query API.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.aws import partitions
from benchmarks.aws.image_billing import LINUX, Billed, check_listed
from benchmarks.aws.optional_answers import DAMAGED, UnknownError, optional
from benchmarks.aws.session import Client, Connect
from benchmarks.runs.records import Price

PERMISSION = "pricing:GetProducts"
# The API has endpoints in a few regions of a partition only, each with the prices of all: this one where it is one.
USUAL_ENDPOINT = "us-east-1"
# Price lists in a currency that prices here cannot hold:
# https://docs.amazonaws.cn/en_us/awsaccountbilling/latest/aboutv2/price-changes.html
OTHER_CURRENCIES = {"aws-cn": "CNY"}
# The price list's names for EC2's tenancies. On a Dedicated Host the host is billed, not its instances:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/dedicated-hosts-billing.html
TENANCIES = {"default": "Shared", "dedicated": "Dedicated"}


@dataclass(frozen=True)
class Entry:
    """An entry of the price list with its price in USD; `description` says what for, and may be empty."""

    name: str  # an attribute of the product, such as the instance type
    usd: float
    description: str


def endpoint_region(region: str) -> str:
    """The region whose endpoint has the prices of `region`. Raises UnknownError if there is none in its partition.

    An endpoint of another partition rejects the credentials. GovCloud has none:
    https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-differences.html
    """
    partition = partitions.of(region)
    if currency := OTHER_CURRENCIES.get(partition):
        raise UnknownError(f"AWS lists the prices of {region} in {currency}, not in US dollars")
    found = partitions.regions_of("pricing", partition)
    if not found:
        raise UnknownError(f"the AWS Price List cannot be asked in {partition}, the partition of {region}")
    return USUAL_ENDPOINT if USUAL_ENDPOINT in found else found[0]


def _read(text: str, unit: str = "Hrs", attribute: str = "instanceType") -> Entry | None:
    """An entry of the price list, None if it is damaged or has no price in USD for the unit."""
    try:
        product = json.loads(text)
        for term in product["terms"]["OnDemand"].values():
            for dimension in term["priceDimensions"].values():
                usd = float(dimension["pricePerUnit"].get("USD", 0))
                if dimension["unit"].lower() == unit.lower() and 0 < usd < float("inf"):
                    name = product["product"]["attributes"][attribute]
                    return Entry(str(name), usd, str(dimension.get("description") or ""))
    except DAMAGED:
        pass
    return None


def fields(
    region: str, instance_type: str | None = None, tenancy: str = "default", billed: Billed = LINUX
) -> dict[str, str]:
    """The fields of products for an image's platform with one of TENANCIES, for one instance type or for all.

    A licence is part of the operation: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-info-fields.html
    """
    plain = {"operatingSystem": "Linux", "preInstalledSw": "NA"}
    return {
        "regionCode": region,
        "tenancy": TENANCIES[tenancy],
        "capacitystatus": "Used",
        **({"operation": billed.operation} if billed.licensed_platform else plain),
        **({"instanceType": instance_type} if instance_type else {}),
    }


def _filters(fields: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in fields.items()]


def of_region(pricing: Client, region: str) -> dict[str, float]:
    """The price of each type in USD per hour; types without a price are left out. Raises botocore's errors."""
    pages = pricing.get_paginator("get_products").paginate(ServiceCode="AmazonEC2", Filters=_filters(fields(region)))
    entries = (_read(text) for page in pages for text in page["PriceList"])
    return {entry.name: entry.usd for entry in entries if entry}


def entries(
    connect: Connect, region: str, fields: Mapping[str, str], unit: str = "Hrs", attribute: str = "instanceType"
) -> list[Entry]:
    """The products with these fields that have a price in USD for the unit, each with one attribute as its name.

    Raises UnknownError if the price list cannot be asked, whatever the reason.
    """
    with optional(PERMISSION):
        pricing = connect("pricing", endpoint_region(region))
        answer = pricing.get_products(ServiceCode="AmazonEC2", Filters=_filters(fields))
        return [entry for text in answer["PriceList"] if (entry := _read(text, unit, attribute))]


def source(entry: Entry) -> str:
    """Where a price is from; the description in the list says what it is for, and where it applies."""
    return f"AWS Price List: {entry.description}" if entry.description else "AWS Price List, on demand"


def today() -> str:
    """The date of a price that has just been asked for, in UTC."""
    return f"{datetime.now(UTC):%Y-%m-%d}"


def of_type(
    connect: Connect, region: str, instance_type: str, tenancy: str = "default", billed: Billed = LINUX
) -> Price:
    """The hourly price of a type on demand. Raises UnknownError if it is not known, whatever the reason.

    `tenancy` is EC2's: default, dedicated or host. Of several prices it is the highest.
    """
    if tenancy not in TENANCIES:
        raise UnknownError(f"AWS bills the Dedicated Host, not the {instance_type} on it")
    check_listed(billed)
    found = entries(connect, region, fields(region, instance_type, tenancy, billed))
    if not found:
        licence = f" with {billed.licensed_platform}" if billed.licensed_platform else ""
        raise UnknownError(
            f"the AWS Price List has no hourly price in US dollars for {instance_type}{licence} in {region}"
        )
    dearest = max(found, key=lambda one: one.usd)
    return Price(usd_per_hour=dearest.usd, source=source(dearest), date=today())
