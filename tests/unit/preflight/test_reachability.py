"""What is told, before the launch, of instances that SSH would not reach."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.aws.launch_templates import Template
from benchmarks.preflight import reachability
from tests.support.account_answers import rule
from tests.support.aws_fakes import FakeClient, aws_error
from tests.support.launch_account import subnet

OWN = "203.0.113.7/32"
AWS, SANDBOX = "https://ec2.eu-central-1.amazonaws.com", "http://127.0.0.1:5000"
A, B = subnet("eu-central-1a"), subnet("eu-central-1b")
PRIVATE = (
    "The instance gets no public address {}, so it is reached at its private one, from within its network only: run "
    "this there or through a VPN, or give a subnet that assigns public addresses."
)


def group(*rules: dict[str, Any], id: str = "sg-1", name: str = "mine") -> dict[str, Any]:
    return {"GroupId": id, "GroupName": name, "IpPermissions": list(rules)}


class Asked:
    """The caller's own address, and whether it was asked for."""

    def __init__(self, own: str | None = OWN) -> None:
        self.own, self.times = own, 0

    def __call__(self) -> str | None:
        self.times += 1
        return self.own


def warnings(
    *groups: Any,
    subnets: tuple[dict[str, Any], ...] = (A,),
    own: Asked | None = None,
    endpoint: str = AWS,
    port: int = 22,
    **of_template: Any,
) -> tuple[list[str], FakeClient]:
    answer = groups[0] if groups and isinstance(groups[0], Exception) else {"SecurityGroups": list(groups)}
    ec2 = FakeClient(describe_security_groups=answer)
    ec2.meta = SimpleNamespace(endpoint_url=endpoint)
    template = Template("lt-1", "mine", "1", of_template)
    return list(reachability.warnings(ec2, template, subnets, port, own or Asked())), ec2


def interface(**more: Any) -> dict[str, Any]:
    return {"NetworkInterfaces": [{"DeviceIndex": 0, **more}]}


@pytest.mark.parametrize(
    ("subnets", "of_template", "where"),
    [
        (({**A, "MapPublicIpOnLaunch": False},), {}, "in subnet-a"),
        (({**A, "MapPublicIpOnLaunch": False}, {**B, "MapPublicIpOnLaunch": False}), {}, "in subnet-a, subnet-b"),
        ((A,), interface(AssociatePublicIpAddress=False), "in subnet-a"),
        ((), interface(AssociatePublicIpAddress=False), "by its launch template"),
    ],
)
def test_an_instance_without_a_public_address_is_told_of(
    subnets: tuple[dict[str, Any], ...], of_template: dict[str, Any], where: str
) -> None:
    own = Asked()
    assert warnings(subnets=subnets, own=own, **of_template)[0] == [PRIVATE.format(where)]
    assert own.times == 0


@pytest.mark.parametrize(
    ("subnets", "of_template"),
    [
        ((A,), {}),
        (({**A, "MapPublicIpOnLaunch": False},), interface(AssociatePublicIpAddress=True)),
        ((), interface()),
        (({**A, "MapPublicIpOnLaunch": False},), {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1"}]}),
        # EC2 decides by other rules if there are several.
        (({**A, "MapPublicIpOnLaunch": False},), {"NetworkInterfaces": [{"DeviceIndex": 0}, {"DeviceIndex": 1}]}),
    ],
)
def test_nothing_is_said_of_an_instance_that_has_or_may_have_one(
    subnets: tuple[dict[str, Any], ...], of_template: dict[str, Any]
) -> None:
    assert warnings(subnets=subnets, own=Asked(None), **of_template)[0] == []


def test_a_subnet_without_public_addresses_beside_one_with_is_named() -> None:
    told, _ = warnings(subnets=(A, {**B, "MapPublicIpOnLaunch": False}), own=Asked(None))
    assert told == [PRIVATE.format("in subnet-b")]


@pytest.mark.parametrize(
    ("of_template", "asked"),
    [
        ({"SecurityGroupIds": ["sg-1"]}, [{"Name": "group-id", "Values": ["sg-1"]}]),
        (interface(Groups=["sg-1"]), [{"Name": "group-id", "Values": ["sg-1"]}]),
        (
            {"SecurityGroups": ["mine"]},
            [{"Name": "group-name", "Values": ["mine"]}, {"Name": "vpc-id", "Values": ["vpc-1"]}],
        ),
        ({}, [{"Name": "group-name", "Values": ["default"]}, {"Name": "vpc-id", "Values": ["vpc-1"]}]),
        (interface(), [{"Name": "group-name", "Values": ["default"]}, {"Name": "vpc-id", "Values": ["vpc-1"]}]),
    ],
)
def test_a_group_that_does_not_let_in_the_caller_is_told_of_with_the_remedy(
    of_template: dict[str, Any], asked: list[dict[str, Any]]
) -> None:
    told, ec2 = warnings(group(rule("198.51.100.0/24")), **of_template)
    assert told == [
        "Your address 203.0.113.7/32 is not among those that the security group mine (sg-1) lets in on port 22: add a "
        "rule for TCP port 22 from 203.0.113.7/32."
    ]
    assert ec2.called("describe_security_groups") == [{"Filters": asked}]


def test_the_group_of_setup_is_mended_by_setup() -> None:
    told, _ = warnings(group(name="benchmarks"), SecurityGroupIds=["sg-1"])
    assert told[0].endswith(" lets in on port 22: run ./inv bench.setup, which adds it.")


def test_a_default_group_that_admits_its_members_only_is_told_of() -> None:
    members = {"IpProtocol": "-1", "IpRanges": [], "UserIdGroupPairs": [{"GroupId": "sg-1"}]}
    assert len(warnings(group(members, name="default"))[0]) == 1


@pytest.mark.parametrize(
    "groups",
    [
        [group(rule("203.0.113.0/24"))],
        [group(), group(rule(OWN), id="sg-2")],
        [group(), group({**rule(), "PrefixListIds": [{"PrefixListId": "pl-1"}]}, id="sg-2")],
        [group({**rule(), "UserIdGroupPairs": [{"GroupId": "sg-9"}]}), group(id="sg-2")],
        # One of them is not shown, such as another account's.
        [group()],
        [aws_error("UnauthorizedOperation", "no", "DescribeSecurityGroups")],
    ],
)
def test_nothing_is_said_of_groups_that_let_in_the_caller_or_may(groups: list[Any]) -> None:
    assert warnings(*groups, SecurityGroupIds=["sg-1", "sg-2"])[0] == []


def test_another_port_is_held_against_its_own_rules() -> None:
    other = group(rule(OWN, ports=(2222, 2222)))
    assert warnings(other, port=2222, SecurityGroupIds=["sg-1"])[0] == []
    assert "lets in on port 22: " in warnings(other, SecurityGroupIds=["sg-1"])[0][0]


@pytest.mark.parametrize(
    ("own", "endpoint", "times"),
    [(Asked(None), AWS, 1), (Asked("2001:db8::7/128"), AWS, 1), (Asked(), SANDBOX, 0)],
)
def test_no_group_is_looked_at_if_the_callers_address_does_not_matter(own: Asked, endpoint: str, times: int) -> None:
    told, ec2 = warnings(group(), own=own, endpoint=endpoint, SecurityGroupIds=["sg-1"])
    assert told == []
    assert own.times == times
    assert ec2.called("describe_security_groups") == []


def test_the_groups_of_an_interface_that_exists_are_not_known() -> None:
    _, ec2 = warnings(group(), NetworkInterfaces=[{"NetworkInterfaceId": "eni-1"}])
    assert ec2.called("describe_security_groups") == []
