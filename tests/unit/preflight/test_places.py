"""Where an instance is launched, and in which order places are tried."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.aws.launch_templates import Template
from benchmarks.errors import RefusedError
from benchmarks.preflight import places
from benchmarks.preflight.places import Choice
from tests.support.aws_fakes import FakeClient
from tests.support.launch_account import offerings, subnet

A, B = "eu-central-1a", "eu-central-1b"


def choose(*found: dict[str, Any], wanted: str | None = None, **of_template: Any) -> Choice:
    ec2 = FakeClient(describe_subnets={"Subnets": list(found)}, describe_instance_type_offerings=offerings)
    return places.choose(ec2, wanted, Template("lt-1", "mine", "1", of_template), "c7i.large", "eu-central-1")


def tried(choice: Choice) -> list[str | None]:
    assert [one["SubnetId"] for one in choice.subnets] == [place.subnet for place in choice.places]
    return [place.subnet for place in choice.places]


def test_places_are_tried_by_zone() -> None:
    assert tried(choose(subnet(B), subnet(A))) == ["subnet-a", "subnet-b"]


def test_a_subnet_without_a_free_address_is_tried_last() -> None:
    assert tried(choose(subnet(A, AvailableIpAddressCount=0), subnet(B))) == ["subnet-b", "subnet-a"]


def test_a_subnet_with_ipv6_only_is_left_out() -> None:
    assert tried(choose(subnet(A, Ipv6Native=True), subnet(B))) == ["subnet-b"]


@pytest.mark.parametrize(
    "given",
    [{}, {"wanted": "subnet-a"}, {"NetworkInterfaces": [{"DeviceIndex": 0, "SubnetId": "subnet-a"}]}],
)
def test_ipv6_only_everywhere_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match=r"^The subnet subnet-a has IPv6 addresses only, but instances are reached"):
        choose(subnet(A, Ipv6Native=True), **given)


def test_a_zone_that_the_template_pins_by_its_id_is_the_only_one() -> None:
    found = (subnet(A, AvailabilityZoneId="euc1-az2"), subnet(B, AvailabilityZoneId="euc1-az3"))
    assert tried(choose(*found, Placement={"AvailabilityZoneId": "euc1-az3"})) == ["subnet-b"]
    with pytest.raises(RefusedError, match=r"but the launch template mine pins euc1-az9: give --subnet\.$"):
        choose(*found, Placement={"AvailabilityZoneId": "euc1-az9"})


def test_a_templates_own_subnet_is_known_and_left_to_it() -> None:
    choice = choose(subnet(B), NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": "subnet-b"}])
    assert [place.subnet for place in choice.places] == [None]
    assert [one["SubnetId"] for one in choice.subnets] == ["subnet-b"]


def test_of_an_interface_without_a_subnet_nothing_is_known() -> None:
    assert choose(NetworkInterfaces=[{"DeviceIndex": 0}]).subnets == ()
