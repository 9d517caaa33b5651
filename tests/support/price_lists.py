"""Prices as users of the Pricing API look them up."""

from __future__ import annotations

import json
from typing import Any

USUAL = {"operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used"}


def products(pricing: Any, **fields: str) -> list[dict[str, Any]]:
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in fields.items()]
    pages = pricing.get_paginator("get_products").paginate(ServiceCode="AmazonEC2", Filters=filters)
    return [json.loads(product) for page in pages for product in page["PriceList"]]


def hourly(product: dict[str, Any], unit: str = "Hrs") -> float:
    (term,) = product["terms"]["OnDemand"].values()
    (dimension,) = term["priceDimensions"].values()
    assert dimension["unit"] == unit
    assert "sandbox price" in dimension["description"]
    return float(dimension["pricePerUnit"]["USD"])
