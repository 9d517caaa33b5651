"""What an hour of an instance type costs, read from the price list's answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from benchmarks.aws import prices
from benchmarks.runs.records import Price


def product(usd: str = "0.3570000000", unit: str = "Hrs", description: str = "$0.357 per Hour") -> dict[str, Any]:
    dimension = {"unit": unit, "pricePerUnit": {"USD": usd}, "description": description}
    attributes = {"instanceType": "c7i.2xlarge"}
    return {"product": {"attributes": attributes}, "terms": {"OnDemand": {"t": {"priceDimensions": {"d": dimension}}}}}


class Pricing:
    """A client that answers with products, or refuses."""

    def __init__(self, *products: dict[str, Any], refusal: str | None = None) -> None:
        self.products, self.refusal = products, refusal

    def get_products(self, **_parameters: Any) -> dict[str, Any]:
        if self.refusal:
            raise ClientError({"Error": {"Code": self.refusal, "Message": "no"}}, "GetProducts")
        return {"PriceList": [json.dumps(entry) for entry in self.products]}


def price(client: Pricing) -> Price | None:
    return prices.of_type(lambda service, region=None: client, "eu-central-1", "c7i.2xlarge")


def test_a_price_says_in_the_lists_words_what_it_is_for() -> None:
    found = price(Pricing(product()))
    assert found is not None
    assert (found.usd_per_hour, found.source) == (0.357, "AWS Price List: $0.357 per Hour")
    assert len(found.date) == len("2026-05-19")


def test_entries_without_an_hourly_price_are_passed_over() -> None:
    found = price(Pricing(product(usd="0"), product(unit="Quantity"), product(usd="0.5", description="")))
    assert found is not None
    assert (found.usd_per_hour, found.source) == (0.5, "AWS Price List, on demand")


def test_a_missing_permission_is_no_price() -> None:
    assert price(Pricing(refusal="AccessDeniedException")) is None


def test_other_errors_are_raised() -> None:
    with pytest.raises(ClientError):
        price(Pricing(refusal="InternalErrorException"))


def test_products_are_asked_for_plain_linux_on_shared_hardware() -> None:
    fields = {entry["Field"]: entry["Value"] for entry in prices.filters("eu-central-1", "c7i.2xlarge")}
    assert fields["regionCode"] == "eu-central-1"
    assert (fields["operatingSystem"], fields["tenancy"], fields["capacitystatus"]) == ("Linux", "Shared", "Used")
