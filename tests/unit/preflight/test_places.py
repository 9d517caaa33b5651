"""Where an instance is launched, and in which order places are tried."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.aws.launch_templates import Template
from benchmarks.errors import RefusedError
from benchmarks.preflight import places
from benchmarks.preflight.places import Choice
from tests.support.aws_fakes import FakeClient, aws_error
from tests.support.launch_account import offerings, subnet

A, B = "eu-central-1a", "eu-central-1b"


def choose(*found: dict[str, Any], wanted: str | None = None, groups: Any = (), **of_template: Any) -> Choice:
    ec2 = FakeClient(
        describe_subnets={"Subnets": list(found)},
        describe_instance_type_offerings=offerings,
        describe_security_groups=groups if isinstance(groups, Exception) else {"SecurityGroups": list(groups)},
    )
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


def test_without_a_subnet_the_templates_interface_is_tried_in_every_zone() -> None:
    choice = choose(subnet(B), subnet(A), NetworkInterfaces=[{"DeviceIndex": 0, "AssociatePublicIpAddress": True}])
    assert tried(choice) == ["subnet-a", "subnet-b"]
    assert choice.interface == {"DeviceIndex": 0, "AssociatePublicIpAddress": True}


def test_the_templates_interface_is_moved_to_the_subnet_that_is_given() -> None:
    choice = choose(subnet(B), wanted="subnet-b", NetworkInterfaces=[{"SubnetId": "subnet-a", "Groups": ["sg-1"]}])
    assert tried(choice) == ["subnet-b"]
    assert choice.interface == {"DeviceIndex": 0, "Groups": ["sg-1"]}


def test_without_an_interface_in_the_template_none_is_requested() -> None:
    assert choose(subnet(A)).interface is None
    assert choose(subnet(A), wanted="subnet-a").interface is None


@pytest.mark.parametrize(
    ("interfaces", "why"),
    [
        ([{"PrivateIpAddress": "172.31.0.9"}], "sets PrivateIpAddress of its network interface"),
        ([{"NetworkInterfaceId": "eni-1"}], "sets NetworkInterfaceId of its network interface"),
        ([{"DeviceIndex": 0}, {"DeviceIndex": 1}], "has 2 network interfaces"),
        ([{"DeviceIndex": 1}], "has no primary network interface"),
    ],
)
def test_an_interface_that_cannot_be_moved_is_left_to_the_template(interfaces: list[dict[str, Any]], why: str) -> None:
    choice = choose(NetworkInterfaces=interfaces)
    assert ([place.subnet for place in choice.places], choice.subnets, choice.interface) == ([None], (), None)
    with pytest.raises(RefusedError) as refused:
        choose(subnet(B), wanted="subnet-b", NetworkInterfaces=interfaces)
    assert str(refused.value) == (
        f"The launch template mine {why}, so that the instance cannot be moved to subnet-b: leave out --subnet, or "
        "make a version of the template without that."
    )


@pytest.mark.parametrize("of_template", [{"NetworkInterfaces": [{"Groups": ["sg-1"]}]}, {"SecurityGroupIds": ["sg-1"]}])
def test_security_groups_of_another_vpc_are_a_warning_and_left_to_ec2(of_template: dict[str, Any]) -> None:
    group = {"GroupId": "sg-1", "VpcId": "vpc-2"}
    cause = (
        "is in the VPC vpc-1, but the launch template mine has the security group sg-1 of vpc-2, which EC2 takes only "
        "if it is associated with that VPC: if the launch is refused, give a subnet of vpc-2 by --subnet, or another "
        "template."
    )
    named = choose(subnet(B), wanted="subnet-b", groups=[group], **of_template)
    assert (tried(named), named.warnings) == (["subnet-b"], (f"The subnet subnet-b {cause}",))
    default = choose(subnet(A), subnet(B), groups=[group], **of_template)
    assert (tried(default), default.warnings) == (["subnet-a", "subnet-b"], (f"Without --subnet the run {cause}",))
    own = choose(subnet(A), groups=[{**group, "VpcId": "vpc-1"}], **of_template)
    assert (tried(own), own.warnings) == (["subnet-a"], ())


def test_the_warning_names_the_templates_own_subnet() -> None:
    interface = {"SubnetId": "subnet-b", "Groups": ["sg-1"]}
    found = choose(subnet(B), groups=[{"GroupId": "sg-1", "VpcId": "vpc-2"}], NetworkInterfaces=[interface])
    (told,) = found.warnings
    assert told.startswith("The subnet subnet-b is in the VPC vpc-1, ")


def test_security_groups_that_may_not_be_read_are_left_to_ec2() -> None:
    denied = aws_error("UnauthorizedOperation", "no", "DescribeSecurityGroups")
    assert tried(choose(subnet(A), groups=denied, SecurityGroupIds=["sg-1"])) == ["subnet-a"]


def test_a_subnet_outside_the_zone_that_the_template_pins_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        choose(subnet(A), wanted="subnet-a", Placement={"AvailabilityZone": B})
    assert str(refused.value) == (
        f"The subnet subnet-a is in {A}, but the launch template mine pins {B}: give a subnet that is there, or leave "
        "the zone out of the template."
    )
