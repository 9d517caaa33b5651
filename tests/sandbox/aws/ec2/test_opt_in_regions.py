"""Regions that the account has not enabled do not know its credentials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.aws import opt_in_regions
from benchmarks.errors import RefusedError
from tests.support.wire_endpoint import Endpoint, refused

OFF, ON, ALWAYS = "af-south-1", "ap-east-1", "us-west-2"


@pytest.fixture(scope="module")
def account(start_endpoint: Callable[..., Endpoint]) -> Endpoint:
    return start_endpoint(regions_off=f"me-south-1,{OFF}")


@pytest.mark.parametrize(
    ("service", "action", "code"),
    [("ec2", "describe_vpcs", "AuthFailure"), ("sts", "get_caller_identity", "InvalidClientTokenId")],
)
def test_a_region_that_is_off_does_not_know_the_key(account: Endpoint, service: str, action: str, code: str) -> None:
    refused(code, getattr(account.client(service, region_name=OFF), action))
    getattr(account.client(service, region_name=ON), action)()


def test_regions_are_told_with_whether_they_are_enabled(account: Endpoint) -> None:
    ec2 = account.client("ec2")
    asked = ec2.describe_regions(AllRegions=True, RegionNames=[OFF, ON, ALWAYS])["Regions"]
    assert {one["RegionName"]: one["OptInStatus"] for one in asked} == {
        OFF: "not-opted-in",
        ON: "opted-in",
        ALWAYS: "opt-in-not-required",
    }
    assert OFF not in {one["RegionName"] for one in ec2.describe_regions()["Regions"]}


@pytest.mark.parametrize(("service", "action"), [("ec2", "describe_vpcs"), ("sts", "get_caller_identity")])
def test_the_tool_tells_it_from_bad_credentials(account: Endpoint, service: str, action: str) -> None:
    def connect(service: str, region: str | None = None) -> Any:
        return account.client(service, region_name=region or OFF)

    with (
        pytest.raises(RefusedError, match=f"The region {OFF} is not enabled"),
        opt_in_regions.refusing_in(connect, OFF),
    ):
        getattr(connect(service), action)()
