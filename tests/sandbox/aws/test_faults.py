"""Faults come when ordered, as often as ordered."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from benchmarks.launch import run_instances
from benchmarks.runs import ssh_keys
from benchmarks.runs.records import Image, LaunchTemplate, Place
from tests.support import records
from tests.support.wire_endpoint import Endpoint, debian, refused


@pytest.fixture
def run(faulty: Endpoint) -> Callable[..., dict[str, Any]]:
    ec2 = faulty.client("ec2")
    image = debian(ec2)

    def start(**parameters: Any) -> dict[str, Any]:
        given = {"ImageId": image, "InstanceType": "c7i.large", "MinCount": 1, "MaxCount": 1}
        instance: dict[str, Any] = ec2.run_instances(**(given | parameters))["Instances"][0]
        return instance

    return start


def test_a_zone_without_capacity_is_avoided_where_the_launch_leaves_a_choice(faulty: Endpoint, run: Any) -> None:
    faulty.faults(
        {
            "action": "RunInstances",
            "instance_type": "c7i.*",
            "availability_zone": "us-east-1a",
            "error": "InsufficientInstanceCapacity",
        }
    )
    assert run()["Placement"]["AvailabilityZone"] == "us-east-1b"
    sentence = refused("InsufficientInstanceCapacity", run, Placement={"AvailabilityZone": "us-east-1a"})
    assert "sufficient c7i.large capacity in the Availability Zone you requested (us-east-1a)" in sentence
    assert run(InstanceType="c5.large", Placement={"AvailabilityZone": "us-east-1a"})


def test_a_fault_ends_after_its_times(faulty: Endpoint, run: Any) -> None:
    faulty.faults({"action": "RunInstances", "error": "InsufficientInstanceCapacity", "times": 2})
    refused("InsufficientInstanceCapacity", run)
    refused("InsufficientInstanceCapacity", run)
    assert run()["InstanceId"]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"error": "RequestLimitExceeded"}, 503),
        ({"error": "Throttling"}, 400),
        ({"error": "ServiceUnavailable"}, 503),
        ({"error": "InternalError"}, 500),
        ({"error": "UnauthorizedOperation", "status": 403, "message": "You are not."}, 403),
    ],
)
def test_errors_have_their_status(faulty: Endpoint, fault: dict[str, Any], status: int) -> None:
    faulty.faults({"service": "ec2", "action": "Describe*", **fault})
    with pytest.raises(ClientError) as caught:
        faulty.client("ec2").describe_instances()
    assert caught.value.response["Error"]["Code"] == fault["error"]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    faulty.client("sts").get_caller_identity()


def test_slow_answers_and_resets(faulty: Endpoint) -> None:
    faulty.faults({"action": "DescribeRegions", "delay_seconds": 0.5}, {"action": "DescribeVpcs", "reset": True})
    begin = time.monotonic()
    faulty.client("ec2").describe_regions()
    assert time.monotonic() - begin > 0.5
    with pytest.raises(ConnectionClosedError):
        faulty.client("ec2").describe_vpcs()
    assert faulty.ask("DELETE", "/_sandbox/faults")[0] == 200
    faulty.client("ec2").describe_vpcs()


@pytest.mark.parametrize("loss", [{"reset": True}, {"error": "InternalError"}])
def test_an_answer_can_be_lost_after_the_launch_and_the_token_finds_it_again(
    faulty: Endpoint, run: Any, name: str, loss: dict[str, Any]
) -> None:
    faulty.faults({"action": "RunInstances", "late": True, "times": 1, **loss})
    with pytest.raises((ClientError, ConnectionClosedError)):
        run(ClientToken=name)
    assert len(faulty.machines) == 1
    assert run(ClientToken=name)["ClientToken"] == name
    assert len(faulty.machines) == 1


def test_sdk_retries_get_past_throttling(faulty: Endpoint) -> None:
    from botocore.config import Config

    faulty.faults({"action": "DescribeRegions", "error": "RequestLimitExceeded", "times": 2})
    patient = faulty.client("ec2", config=Config(retries={"mode": "standard", "max_attempts": 4}))
    assert patient.describe_regions()["Regions"]


def test_nonsense_is_refused_in_a_sentence(faulty: Endpoint) -> None:
    for nonsense in ([{"eror": "x"}], [{"action": "RunInstances"}], ["x"], 7):
        status, answer = faulty.ask("PUT", "/_sandbox/faults", nonsense)
        assert (status, "error" in answer) == (400, True)


@pytest.mark.parametrize("code", ["InsufficientInstanceCapacity", "Unsupported"])
@pytest.mark.parametrize("interface", [None, {"DeviceIndex": 0, "AssociatePublicIpAddress": True}])
def test_a_launch_asks_each_zone_without_capacity_once_and_goes_on(
    faulty: Endpoint, code: str, interface: dict[str, Any] | None
) -> None:
    # As the tool's own client, which tries again after other errors with HTTP status 500.
    ec2 = faulty.client("ec2", config=Config(retries={"mode": "standard", "total_max_attempts": 8}))
    subnets = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    found = sorted((one["AvailabilityZone"], one["SubnetId"]) for one in subnets)[:4]
    places = [Place(subnet=id, zone=zone) for zone, id in found]
    named = ec2.create_launch_template(
        LaunchTemplateName=f"{code}-{interface is None}",
        LaunchTemplateData={"NetworkInterfaces": [interface]} if interface else {"EbsOptimized": True},
    )["LaunchTemplate"]
    plan = records.launch_plan(
        image=Image(id=debian(ec2)),
        launch_template=LaunchTemplate(id=named["LaunchTemplateId"], name="", version="1"),
        cpu_options=None,
        block_devices=None,
        network_interface=interface,
        places=tuple(places),
    )
    faulty.faults(
        *({"action": "RunInstances", "availability_zone": place.zone, "error": code} for place in places[:-1])
    )
    launch = run_instances.prepare("r1", records.STARTED, ssh_keys.stand_in(None), 60, "alice", plan)
    before = len(launches(faulty))
    began = time.monotonic()
    launched = run_instances.run(ec2, launch)
    assert time.monotonic() - began < 3 * len(places)
    assert launched["SubnetId"] == places[-1].subnet
    asked = launches(faulty)[before:]
    assert [call["error"] for call in asked] == [code] * (len(places) - 1) + [None]


def launches(endpoint: Endpoint) -> list[dict[str, Any]]:
    """The launches in the journal, in the order in which they were asked for."""
    _, calls = endpoint.ask("GET", "/_sandbox/requests")
    return [call for call in calls if call["action"] == "RunInstances"]
