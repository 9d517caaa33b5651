"""New things are not visible at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.wire_endpoint import Endpoint, debian, describe, refused

DELAY = 0.8


@pytest.fixture(scope="module")
def late(start_endpoint: Callable[..., Endpoint]) -> Endpoint:
    """An endpoint where everything new takes a while to be seen."""
    return start_endpoint(tag_delay_seconds=DELAY, instance_delay_seconds=DELAY / 2, profile_delay_seconds=DELAY)


@pytest.fixture
def start(late: Endpoint) -> Callable[..., str]:
    ec2 = late.client("ec2")

    def run(**parameters: Any) -> str:
        given = {"ImageId": debian(ec2), "InstanceType": "c5.large", "MinCount": 1, "MaxCount": 1}
        return str(ec2.run_instances(**(given | parameters))["Instances"][0]["InstanceId"])

    return run


def by_tag(client: Any, key: str, value: str) -> list[str]:
    found = client.describe_instances(Filters=[{"Name": f"tag:{key}", "Values": [value]}])
    return [one["InstanceId"] for reservation in found["Reservations"] for one in reservation["Instances"]]


def test_a_new_instance_is_found_by_id_and_by_tag_only_later(late: Endpoint, start: Any, name: str) -> None:
    ec2 = late.client("ec2")
    instance = start(TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "run", "Value": name}]}])
    assert instance in refused("InvalidInstanceID.NotFound", ec2.describe_instances, InstanceIds=[instance])
    assert by_tag(ec2, "run", name) == []
    assert ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [instance]}])["Tags"] == []
    time.sleep(DELAY / 2)
    assert describe(ec2, instance)["InstanceId"] == instance
    time.sleep(DELAY / 2)
    assert by_tag(ec2, "run", name) == [instance]
    assert len(ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [instance]}])["Tags"]) == 1


def test_a_new_tag_of_an_old_instance_is_found_only_later(late: Endpoint, start: Any, name: str) -> None:
    ec2 = late.client("ec2")
    instance = start()
    time.sleep(DELAY)
    ec2.create_tags(Resources=[instance], Tags=[{"Key": "run", "Value": name}])
    assert by_tag(ec2, "run", name) == []
    assert describe(ec2, instance)["InstanceId"] == instance
    time.sleep(DELAY)
    assert by_tag(ec2, "run", name) == [instance]


def test_a_new_instance_can_be_terminated_at_once(late: Endpoint, start: Any) -> None:
    instance = start()
    late.client("ec2").terminate_instances(InstanceIds=[instance])
    assert late.machines[instance].told == ["remove"]


def test_a_new_instance_profile_is_refused_for_a_while(late: Endpoint, start: Any, name: str) -> None:
    iam = late.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    sentence = refused("InvalidParameterValue", start, IamInstanceProfile={"Name": name})
    assert sentence.endswith("Invalid IAM Instance Profile name")
    time.sleep(DELAY)
    instance = start(IamInstanceProfile={"Name": name})
    assert late.machines.spec(instance).role_name == name
