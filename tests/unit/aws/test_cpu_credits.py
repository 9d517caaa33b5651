"""Which CPU credits a burstable type gets, and what those cost that it has not earned."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.aws import cpu_credits
from benchmarks.aws.launch_templates import Template
from benchmarks.aws.optional_answers import UnknownError
from benchmarks.runs.records import Price
from tests.support import records
from tests.support.aws_fakes import FakeClient, aws_error
from tests.support.launch_account import type_info


def template(**data: Any) -> Template:
    return Template("lt-1", "mine", "1", data)


def burstable(name: str) -> dict[str, Any]:
    return type_info(name, BurstablePerformanceSupported=True)


STANDARD = {"CreditSpecification": {"CpuCredits": "standard"}}
UNLIMITED = {"CreditSpecification": {"CpuCredits": "unlimited"}}


@pytest.mark.parametrize(
    ("info", "data", "charged"),
    [
        (type_info(), {}, False),
        (burstable("t3.large"), {}, True),
        (burstable("t3.large"), STANDARD, False),
        (burstable("t2.large"), UNLIMITED, True),
        (burstable("t2.large"), STANDARD, False),
        # The account may have another default than AWS.
        (burstable("t2.large"), {}, True),
        (burstable("t3.large"), {"Placement": {"HostId": "h-1"}}, False),
    ],
)
def test_credits_may_be_charged_unless_they_are_known_to_be_standard(
    info: dict[str, Any], data: dict[str, Any], charged: bool
) -> None:
    assert cpu_credits.may_be_charged(template(**data), info) is charged


@pytest.mark.parametrize(
    ("credits", "planned", "charged"),
    [
        ("unlimited", {}, True),
        ("standard", {"cpu_credits": records.CREDITS}, False),
        (None, {}, False),
        (None, {"cpu_credits": records.CREDITS}, True),
        (None, {"cpu_credits_unknown": "AWS is away"}, True),
    ],
)
def test_what_an_instance_has_got_counts_and_else_what_was_planned(
    credits: str | None, planned: dict[str, Any], charged: bool
) -> None:
    launch, instance = records.launch_plan(**planned), records.instance(cpu_credits=credits)
    assert cpu_credits.are_charged(launch, instance) is charged


def product(usage: str, usd: str = "0.0500000000", unit: str = "vCPU-Hours") -> str:
    dimension = {"unit": unit, "pricePerUnit": {"USD": usd}, "description": f"${float(usd):.2f} per vCPU-Hour"}
    terms = {"OnDemand": {"t": {"priceDimensions": {"d": dimension}}}}
    return json.dumps({"product": {"attributes": {"usagetype": usage}}, "terms": terms})


def most(*products: str, region: str = "eu-west-1", answer: Any = None) -> Price:
    client = FakeClient(get_products=answer or {"PriceList": [*products]})
    found = cpu_credits.most_an_hour(lambda _service, _region=None: client, region, burstable("t3.2xlarge"))
    (asked,) = client.called("get_products")
    fields = {one["Field"]: one["Value"] for one in asked["Filters"]}
    assert fields == {"regionCode": region, "productFamily": "CPU Credits", "operatingSystem": "Linux"}
    return found


def test_the_most_is_the_familys_rate_for_every_vcpu() -> None:
    found = most(product("EUW1-CPUCredits:t3a", "0.06"), product("EUW1-CPUCredits:t3"), product("EUW1-CPUCredits:t2"))
    assert found.usd_per_hour == pytest.approx(0.4)
    assert found.source == "8 vCPUs at $0.05 an hour, AWS Price List: $0.05 per vCPU-Hour"
    assert len(found.date) == len("2026-05-19")


def test_a_region_without_a_code_and_several_rates_give_the_dearest() -> None:
    found = most(product("CPUCredits:t3"), product("CPUCredits:t3", "0.07"), product("CPUCredits:t3", "9", "Hrs"))
    assert found.usd_per_hour == pytest.approx(0.56)


@pytest.mark.parametrize(
    ("answer", "region", "why"),
    [
        (
            {"PriceList": [product("EUW1-CPUCredits:t4g"), "half a fi"]},
            "eu-west-1",
            "the AWS Price List has no price in US dollars for the CPU credits of t3.2xlarge in eu-west-1",
        ),
        (aws_error("AccessDeniedException"), "eu-west-1", "the permission pricing:GetProducts is missing"),
        ({}, "cn-north-1", "AWS lists the prices of cn-north-1 in CNY, not in US dollars"),
    ],
)
def test_an_unknown_rate_is_unknown_with_its_reason(answer: Any, region: str, why: str) -> None:
    with pytest.raises(UnknownError) as unknown:
        most(region=region, answer=answer or {"PriceList": []})
    assert str(unknown.value) == why
