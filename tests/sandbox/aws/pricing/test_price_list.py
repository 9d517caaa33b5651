"""Prices in AWS's shape, marked as the sandbox's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.aws.pricing import invented_prices, price_list
from tests.support.price_lists import USUAL, hourly, products
from tests.support.wire_endpoint import Endpoint, refused


@pytest.mark.parametrize(
    "where", [{"regionCode": "us-east-1"}, {"location": "US East (N. Virginia)"}, {"regionCode": "eu-west-1"}]
)
def test_the_usual_filters_find_one_price(pricing: Any, where: dict[str, str]) -> None:
    (product,) = products(pricing, instanceType="c5.large", **USUAL, **where)
    assert product["product"]["attributes"]["sandbox"] == "true"
    assert product["product"]["attributes"]["vcpu"] == "2"
    assert 0.05 < hourly(product) < 0.2


def test_filters_left_out_find_more_than_one(pricing: Any) -> None:
    assert len(products(pricing, instanceType="c5.large", regionCode="us-east-1")) > 4


def test_the_list_comes_in_pages(pricing: Any) -> None:
    found = products(pricing, regionCode="us-east-1", **USUAL)
    assert len(found) > 300
    assert len({one["product"]["attributes"]["instanceType"] for one in found}) == len(found)


def test_larger_types_cost_more_and_arm_costs_less(pricing: Any) -> None:
    def price(name: str) -> float:
        return hourly(products(pricing, instanceType=name, regionCode="us-east-1", **USUAL)[0])

    assert price("c7g.2xlarge") < price("c7i.2xlarge") < price("c7i.4xlarge")
    assert price("t3.micro") < price("t3.large") < price("m5.large")


def test_unknown_types_have_no_price(pricing: Any) -> None:
    assert products(pricing, instanceType="x9.huge", regionCode="us-east-1", **USUAL) == []


def test_prices_are_served_from_three_regions_only(endpoint: Endpoint) -> None:
    client = endpoint.client("pricing", region_name="us-west-2")
    assert "us-east-1" in refused("InvalidSignatureException", client.get_products, ServiceCode="AmazonEC2")


def test_a_list_is_made_once_for_all_its_pages(pricing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make = price_list._product

    def counted(facts: Mapping[str, Any], *rest: str) -> dict[str, Any]:
        made.append(facts["InstanceType"])
        return make(facts, *rest)

    monkeypatch.setattr(price_list, "_product", counted)
    price_list._price_list.cache_clear()
    found = products(pricing, regionCode="eu-west-1", **USUAL)
    assert len(found) > price_list.PAGE
    assert len(made) == len(found)


@pytest.mark.parametrize(("region", "code"), [("us-east-1", ""), ("eu-west-1", "EUWEST1-")])
def test_cpu_credits_are_products_of_their_own_for_each_family(pricing: Any, region: str, code: str) -> None:
    found = products(pricing, productFamily="CPU Credits", regionCode=region, operatingSystem="Linux")
    usages = {one["product"]["attributes"]["usagetype"]: hourly(one, "vCPU-Hours") for one in found}
    assert usages == {f"{code}CPUCredits:{name}": usd for name, usd in invented_prices.CPU_CREDITS.items()}


def test_a_licence_is_found_by_its_operation(pricing: Any) -> None:
    where = {"instanceType": "c5.large", "regionCode": "us-east-1", "tenancy": "Shared", "capacitystatus": "Used"}
    (rhel,) = products(pricing, operation="RunInstances:0010", **where)
    assert rhel["product"]["attributes"]["operatingSystem"] == "RHEL"
    assert hourly(rhel) > hourly(products(pricing, operation="RunInstances", **where)[0])
