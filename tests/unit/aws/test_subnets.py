"""A subnet is found by its id, or refused with the region that lacks it."""

from __future__ import annotations

import pytest

from benchmarks.aws import subnets
from benchmarks.errors import RefusedError
from tests.support.aws_fakes import FakeClient


def test_a_subnet_is_found_by_its_id() -> None:
    ec2 = FakeClient(describe_subnets={"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1"}]})
    assert subnets.find(ec2, "subnet-1", "eu-north-1")["VpcId"] == "vpc-1"
    # By a filter: for an id of another form EC2 would answer with an error of its own.
    assert ec2.called("describe_subnets") == [{"Filters": [{"Name": "subnet-id", "Values": ["subnet-1"]}]}]


def test_a_subnet_that_there_is_not_is_refused_with_its_region() -> None:
    ec2 = FakeClient(describe_subnets={"Subnets": []})
    with pytest.raises(
        RefusedError,
        match=r"^There is no subnet subnet-1 in eu-north-1: check --subnet, or give the region that it "
        r"is in by --region\.$",
    ):
        subnets.find(ec2, "subnet-1", "eu-north-1")


def test_the_ids_of_zones_are_those_that_ec2_shows() -> None:
    shown = [{"SubnetId": "subnet-1", "AvailabilityZoneId": "euc1-az2"}, {"SubnetId": "subnet-2"}]
    ec2 = FakeClient(describe_subnets={"Subnets": shown})
    assert subnets.zone_ids(ec2, ["subnet-1", "subnet-2", "subnet-3"]) == {"subnet-1": "euc1-az2"}
    (asked,) = ec2.called("describe_subnets")
    assert asked["Filters"] == [{"Name": "subnet-id", "Values": ["subnet-1", "subnet-2", "subnet-3"]}]


def test_a_region_without_a_default_vpc_is_told_with_both_ways_out() -> None:
    assert str(subnets.no_default_vpc("eu-north-1")) == (
        "eu-north-1 has no default VPC: give --subnet, or create one by aws ec2 create-default-vpc --region eu-north-1."
    )


def test_a_subnet_with_ipv6_only_is_refused() -> None:
    subnets.check_ipv4({"SubnetId": "subnet-1", "Ipv6Native": False})
    with pytest.raises(RefusedError) as refused:
        subnets.check_ipv4({"SubnetId": "subnet-1", "Ipv6Native": True})
    assert str(refused.value) == (
        "The subnet subnet-1 has IPv6 addresses only, but instances are reached over IPv4: give another subnet by "
        "--subnet, or in the launch template."
    )
