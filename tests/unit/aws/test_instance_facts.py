"""Facts that need more calls are read where EC2 tells them, and are unknown elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from benchmarks.aws import instance_facts, instances
from benchmarks.runs.records import Instance
from tests.support.aws_fakes import FakeClient, aws_error


def instance(id: str = "i-1", kind: str = "c7i.large", subnet: str = "subnet-1", **of_place: str) -> dict[str, Any]:
    return {
        "InstanceId": id,
        "InstanceType": kind,
        "SubnetId": subnet,
        "Placement": {"AvailabilityZone": "eu-central-1a", **of_place},
        "LaunchTime": datetime(2026, 5, 19, tzinfo=UTC),
    }


def types(InstanceTypes: list[str]) -> dict[str, Any]:  # noqa: N803
    found = [{"InstanceType": name, "BurstablePerformanceSupported": name.startswith("t3")} for name in InstanceTypes]
    return {"InstanceTypes": found}


def account(**answers: Any) -> FakeClient:
    """EC2 with zone ids for two subnets, and t3 as the only burstable family."""
    ids = {"subnet-1": "euc1-az2", "subnet-2": "euc1-az3"}
    shown = [{"SubnetId": subnet, "AvailabilityZoneId": zone} for subnet, zone in ids.items()]
    return FakeClient(**{"describe_instance_types": types, "describe_subnets": {"Subnets": shown}, **answers})


def credit_options(InstanceIds: list[str]) -> dict[str, Any]:  # noqa: N803
    return {"InstanceCreditSpecifications": [{"InstanceId": one, "CpuCredits": "unlimited"} for one in InstanceIds]}


def records(ec2: FakeClient, *described: dict[str, Any]) -> list[Instance]:
    return list(instance_facts.records(ec2, described))


def test_the_zones_id_comes_from_the_subnet_where_the_instance_does_not_tell_it() -> None:
    ec2 = account()
    told = instance("i-2", subnet="subnet-2", AvailabilityZoneId="euc1-az9")
    assert [one.zone_id for one in records(ec2, instance(), told)] == ["euc1-az2", "euc1-az9"]
    (asked,) = ec2.called("describe_subnets")
    assert asked["Filters"][0]["Values"] == ["subnet-1"]


def test_subnets_are_not_asked_for_if_the_instances_tell_their_zones_ids() -> None:
    ec2 = account()
    assert records(ec2, instance(AvailabilityZoneId="euc1-az9"))[0].zone_id == "euc1-az9"
    assert not ec2.called("describe_subnets")


def test_credits_are_asked_for_burstable_types_only() -> None:
    ec2 = account(describe_instance_credit_specifications=credit_options)
    found = records(ec2, instance("i-1"), instance("i-2", "t3.micro"), instance("i-3", "t3.large"))
    assert [one.cpu_credits for one in found] == [None, "unlimited", "unlimited"]
    assert ec2.called("describe_instance_types") == [{"InstanceTypes": ["c7i.large", "t3.large", "t3.micro"]}]
    assert ec2.called("describe_instance_credit_specifications") == [{"InstanceIds": ["i-2", "i-3"]}]


def test_without_burstable_types_credits_are_not_asked_for() -> None:
    assert records(account(), instance())[0].cpu_credits is None


@pytest.mark.parametrize(
    "error",
    [
        aws_error("UnauthorizedOperation"),
        aws_error("InvalidInstanceID.NotFound"),
        EndpointConnectionError(endpoint_url="https://ec2.eu-central-1.amazonaws.com"),
    ],
)
def test_what_cannot_be_read_is_unknown_and_the_rest_is_kept(error: Exception) -> None:
    described = instance(kind="t3.micro")
    no_credits = records(account(describe_instance_credit_specifications=error), described)
    assert [(one.zone_id, one.cpu_credits) for one in no_credits] == [("euc1-az2", None)]
    no_types = records(account(describe_instance_types=error), described)
    assert [(one.zone_id, one.cpu_credits) for one in no_types] == [("euc1-az2", None)]
    ec2 = account(describe_subnets=error, describe_instance_credit_specifications=credit_options)
    assert [(one.zone_id, one.cpu_credits) for one in records(ec2, described)] == [(None, "unlimited")]


def test_an_instance_without_a_subnet_has_no_zone_id() -> None:
    described = instance()
    del described["SubnetId"]
    assert records(account(), described) == [instances.record(described)]
