"""Burstable instances have the credit option of their launch or their family, and show it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.wire_endpoint import Endpoint, debian, refused

Launch = Callable[..., dict[str, Any]]


def option(client: Any, *instance_ids: str) -> list[str]:
    found = client.describe_instance_credit_specifications(InstanceIds=list(instance_ids))
    shown = {one["InstanceId"]: one["CpuCredits"] for one in found["InstanceCreditSpecifications"]}
    return [shown[one] for one in instance_ids]


@pytest.mark.parametrize(
    ("instance_type", "expected"),
    [("t2.micro", "standard"), ("t3.micro", "unlimited"), ("t3a.micro", "unlimited"), ("c5.large", "standard")],
)
def test_a_launch_that_does_not_choose_gets_its_familys_option(
    ec2: Any, launch: Launch, instance_type: str, expected: str
) -> None:
    assert option(ec2, launch(InstanceType=instance_type)["InstanceId"]) == [expected]


def test_a_launch_and_its_template_choose(ec2: Any, launch: Launch, image: str, name: str) -> None:
    data = {"ImageId": image, "InstanceType": "t3.micro", "CreditSpecification": {"CpuCredits": "standard"}}
    ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
    template = {"LaunchTemplate": {"LaunchTemplateName": name}, "InstanceType": "t3.micro"}
    ids = [
        launch(InstanceType="t2.micro", CreditSpecification={"CpuCredits": "unlimited"})["InstanceId"],
        launch(**template)["InstanceId"],
        launch(**template, CreditSpecification={"CpuCredits": "unlimited"})["InstanceId"],
    ]
    assert option(ec2, *ids) == ["unlimited", "standard", "unlimited"]


def test_another_option_is_refused(launch: Launch) -> None:
    asked = {"InstanceType": "t3.micro", "CreditSpecification": {"CpuCredits": "free"}}
    assert "'free'" in refused("InvalidParameterValue", launch, **asked)


def test_without_ids_only_unlimited_instances_are_shown_in_pages(start_endpoint: Callable[..., Endpoint]) -> None:
    client = start_endpoint().client("ec2")
    ami = debian(client)
    ids = {}
    for kind, count in (("t3.micro", 6), ("t2.micro", 1), ("c5.large", 1)):
        launched = client.run_instances(ImageId=ami, InstanceType=kind, MinCount=count, MaxCount=count)["Instances"]
        ids[kind] = [one["InstanceId"] for one in launched]
    asked = client.get_paginator("describe_instance_credit_specifications").paginate(PaginationConfig={"PageSize": 5})
    pages = [[one["InstanceId"] for one in page["InstanceCreditSpecifications"]] for page in asked]
    assert [len(page) for page in pages] == [5, 1]
    assert sorted(one for page in pages for one in page) == sorted(ids["t3.micro"])
    *_, other = ids["t3.micro"]
    only = client.describe_instance_credit_specifications(Filters=[{"Name": "instance-id", "Values": [other]}])
    assert [found["InstanceId"] for found in only["InstanceCreditSpecifications"]] == [other]


def test_ids_that_ec2_does_not_show_are_refused(ec2: Any) -> None:
    call = ec2.describe_instance_credit_specifications
    refused("InvalidInstanceID.NotFound", call, InstanceIds=["i-00000000000000000"])
    refused("InvalidInstanceID.Malformed", call, InstanceIds=["mine"])
    refused("InvalidParameterCombination", call, InstanceIds=["i-00000000000000000"], MaxResults=5)


def test_an_instance_is_too_new_to_be_shown_for_a_while(start_endpoint: Callable[..., Endpoint]) -> None:
    client = start_endpoint(instance_delay_seconds=0.5).client("ec2")
    launched = client.run_instances(ImageId=debian(client), InstanceType="t3.micro", MinCount=1, MaxCount=1)
    instance = launched["Instances"][0]["InstanceId"]
    refused("InvalidInstanceID.NotFound", client.describe_instance_credit_specifications, InstanceIds=[instance])
    time.sleep(0.6)
    assert option(client, instance) == ["unlimited"]
