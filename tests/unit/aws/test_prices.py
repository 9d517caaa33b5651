"""What an hour of an instance type costs, read from the price list's answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError
from botocore.parsers import ResponseParserError

from benchmarks.aws import prices
from benchmarks.aws.image_billing import Billed
from benchmarks.aws.optional_answers import UnknownError
from benchmarks.runs.records import Price
from tests.support.aws_fakes import FakeClient


def product(usd: str = "0.3570000000", unit: str = "Hrs", description: str = "$0.357 per Hour") -> dict[str, Any]:
    dimension = {"unit": unit, "pricePerUnit": {"USD": usd}, "description": description}
    attributes = {"instanceType": "c7i.2xlarge"}
    return {"product": {"attributes": attributes}, "terms": {"OnDemand": {"t": {"priceDimensions": {"d": dimension}}}}}


class Pricing:
    """A client that answers with products, or refuses."""

    def __init__(self, *products: Any, refusal: Exception | None = None) -> None:
        self.products, self.refusal = products, refusal

    def get_products(self, **_parameters: Any) -> dict[str, Any]:
        if self.refusal:
            raise self.refusal
        return {"PriceList": [one if isinstance(one, str) else json.dumps(one) for one in self.products]}


def price(client: Any, region: str = "eu-central-1") -> Price:
    return prices.of_type(lambda service, region=None: client, region, "c7i.2xlarge")


def refused(code: str, message: str = "no.") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "GetProducts")


def test_a_price_says_in_the_lists_words_what_it_is_for() -> None:
    found = price(Pricing(product()))
    assert (found.usd_per_hour, found.source) == (0.357, "AWS Price List: $0.357 per Hour")
    assert len(found.date) == len("2026-05-19")


def test_dedicated_hardware_is_asked_for_by_its_tenancy_and_a_host_is_not() -> None:
    pricing = FakeClient(get_products={"PriceList": [json.dumps(product())]})

    def tenancy(wanted: str) -> str:
        prices.of_type(lambda _service, _region=None: pricing, "eu-central-1", "c7i.2xlarge", wanted)
        given = pricing.called("get_products")[-1]["Filters"]
        return str(next(one["Value"] for one in given if one["Field"] == "tenancy"))

    assert (tenancy("default"), tenancy("dedicated")) == ("Shared", "Dedicated")
    with pytest.raises(UnknownError, match=r"^AWS bills the Dedicated Host, not the c7i.2xlarge on it$"):
        tenancy("host")


def test_entries_without_an_hourly_price_are_passed_over() -> None:
    found = price(Pricing(product(usd="0"), product(unit="Quantity"), product(usd="0.5", description="")))
    assert (found.usd_per_hour, found.source) == (0.5, "AWS Price List, on demand")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (refused("AccessDeniedException"), "the permission pricing:GetProducts is missing"),
        (refused("InternalErrorException"), "AWS refused GetProducts (InternalErrorException): no"),
        (refused("ThrottlingException", ""), "AWS refused GetProducts (ThrottlingException)"),
        (
            refused("UnrecognizedClientException", "The security token included in the request is invalid."),
            "AWS refused GetProducts (UnrecognizedClientException): The security token included in the request is "
            "invalid",
        ),
        (
            EndpointConnectionError(endpoint_url="https://x"),
            'AWS cannot be reached: Could not connect to the endpoint URL: "https://x"',
        ),
        (ResponseParserError("not XML"), "AWS's answer cannot be read"),
    ],
)
def test_whatever_fails_the_price_is_unknown_and_it_is_known_why(
    error: ClientError | BotoCoreError | ResponseParserError, why: str
) -> None:
    with pytest.raises(UnknownError) as unknown:
        price(Pricing(refusal=error))
    assert str(unknown.value) == why


@pytest.mark.parametrize(
    "damaged",
    [
        "half a fi",
        "[]",
        "null",
        "{}",
        {"terms": {"OnDemand": {"t": {}}}},
        {"terms": {"OnDemand": {"t": {"priceDimensions": {"d": {"unit": "Hrs", "pricePerUnit": None}}}}}},
        {"terms": {"OnDemand": {"t": {"priceDimensions": {"d": {"unit": "Hrs", "pricePerUnit": {"CNY": "1"}}}}}}},
        product(usd="many"),
        product(usd="NaN"),
    ],
)
def test_a_damaged_entry_is_passed_over(damaged: Any) -> None:
    assert price(Pricing(damaged, product())).usd_per_hour == 0.357
    with pytest.raises(UnknownError, match=r"has no hourly price in US dollars for c7i\.2xlarge in eu-central-1"):
        price(Pricing(damaged))


def test_an_answer_without_a_list_is_unknown() -> None:
    with pytest.raises(UnknownError, match="AWS's answer cannot be read"):
        price(FakeClient(get_products={}))


@pytest.mark.parametrize(
    ("region", "endpoint"),
    [("eu-north-1", "us-east-1"), ("us-iso-west-1", "us-iso-east-1"), ("nowhere-1", "us-east-1")],
)
def test_the_price_list_is_asked_in_the_regions_own_partition(region: str, endpoint: str) -> None:
    assert prices.endpoint_region(region) == endpoint


@pytest.mark.parametrize(
    ("region", "why"),
    [
        ("us-gov-west-1", "the AWS Price List cannot be asked in aws-us-gov, the partition of us-gov-west-1"),
        ("cn-north-1", "AWS lists the prices of cn-north-1 in CNY, not in US dollars"),
    ],
)
def test_a_partition_without_a_price_list_in_dollars_is_never_asked(region: str, why: str) -> None:
    pricing = FakeClient(get_products=AssertionError("asked"))
    with pytest.raises(UnknownError) as unknown:
        price(pricing, region)
    assert (str(unknown.value), pricing.calls) == (why, [])


def test_products_are_asked_for_plain_linux_on_shared_hardware() -> None:
    fields = prices.fields("eu-central-1", "c7i.2xlarge")
    assert fields["regionCode"] == "eu-central-1"
    assert (fields["operatingSystem"], fields["tenancy"], fields["capacitystatus"]) == ("Linux", "Shared", "Used")


RHEL = Billed("Red Hat Enterprise Linux", "RunInstances:0010")


def test_a_licence_is_asked_for_by_its_operation() -> None:
    pricing = FakeClient(get_products={"PriceList": [json.dumps(product())]})
    prices.of_type(lambda _service, _region=None: pricing, "eu-central-1", "c7i.2xlarge", "dedicated", RHEL)
    (asked,) = pricing.called("get_products")
    assert {one["Field"]: one["Value"] for one in asked["Filters"]} == {
        "regionCode": "eu-central-1",
        "tenancy": "Dedicated",
        "capacitystatus": "Used",
        "operation": "RunInstances:0010",
        "instanceType": "c7i.2xlarge",
    }


def test_a_licence_without_a_price_is_unknown_by_its_name() -> None:
    with pytest.raises(UnknownError, match=r"in US dollars for c7i\.2xlarge with Red Hat Enterprise Linux"):
        prices.of_type(lambda _service, _region=None: Pricing(), "eu-central-1", "c7i.2xlarge", billed=RHEL)


def test_an_image_with_a_fee_of_its_own_is_never_asked_for() -> None:
    pricing = FakeClient(get_products=AssertionError("asked"))
    sold = Billed(products=("abc",))
    with pytest.raises(UnknownError, match=r"the image has a fee of its own \(product code abc\)"):
        prices.of_type(lambda _service, _region=None: pricing, "eu-central-1", "c7i.2xlarge", billed=sold)
    assert pricing.calls == []


def test_of_several_prices_the_highest_counts() -> None:
    assert price(Pricing(product(usd="0.3"), product(usd="0.5"), product(usd="0.4"))).usd_per_hour == 0.5
