"""Prices of the sandbox's own making are plausible beside each other, and always the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.aws.pricing import invented_prices


def facts(
    name: str = "c7i.large", vcpus: int = 2, mib: int = 4096, arch: str = "x86_64", **more: Any
) -> dict[str, Any]:
    return {
        "InstanceType": "c7i.large",
        "VCpuInfo": {"DefaultVCpus": vcpus},
        "MemoryInfo": {"SizeInMiB": mib},
        "ProcessorInfo": {"SupportedArchitectures": [arch]},
        **more,
    }


def test_more_processors_more_memory_and_graphics_cost_more_and_arm_less() -> None:
    usual = invented_prices.on_demand(facts(), "us-east-1")
    for dearer in (facts(vcpus=4), facts(mib=8192), facts(GpuInfo={"Gpus": [{"Count": 1}]})):
        assert invented_prices.on_demand(dearer, "us-east-1") > usual
    for cheaper in (facts(arch="arm64"), facts(BurstablePerformanceSupported=True)):
        assert invented_prices.on_demand(cheaper, "us-east-1") < usual


def test_other_regions_cost_more_than_the_cheapest_and_windows_more_than_linux() -> None:
    usual = invented_prices.on_demand(facts(), "us-east-1")
    assert invented_prices.on_demand(facts(), "us-west-2") == usual
    assert usual < invented_prices.on_demand(facts(), "eu-north-1") <= usual * 1.25
    assert invented_prices.on_demand(facts(), "us-east-1", "Windows") > usual


@given(st.sampled_from(["us-east-1", "eu-north-1"]), st.sampled_from("abc"), st.integers(0, 10**6))
def test_a_spot_price_is_below_the_one_on_demand_and_always_the_same(region: str, zone: str, period: int) -> None:
    price = invented_prices.spot(facts(), f"{region}{zone}", period)
    assert 0 < price < invented_prices.on_demand(facts(), region) / 2
    assert invented_prices.spot(facts(), f"{region}{zone}", period) == price


def test_spot_prices_differ_by_zone_and_by_time() -> None:
    prices = {invented_prices.spot(facts(), f"us-east-1{zone}", period) for zone in "abc" for period in (1, 2, 3)}
    assert len(prices) > 6


@given(st.text())
def test_a_name_has_one_share_between_nothing_and_all(name: str) -> None:
    assert 0 <= invented_prices.share(name) <= 1
    assert invented_prices.share(name) == invented_prices.share(name)
