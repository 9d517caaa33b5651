"""Faults come when ordered, as often as ordered; calls are listed without secrets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.support.wire_endpoint import Endpoint, debian, refused


@pytest.fixture
def faulty(start_endpoint: Callable[..., Endpoint]) -> Iterator[Endpoint]:
    yield start_endpoint()


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


def test_the_endpoints_own_paths_demand_its_token(faulty: Endpoint) -> None:
    for method, path in (("GET", "requests"), ("PUT", "faults"), ("DELETE", "faults"), ("GET", "faults")):
        assert faulty.ask(method, f"/_sandbox/{path}", token="guess")[0] == 403
    assert faulty.ask("GET", "/_sandbox/health", token="")[0] == 200
    assert faulty.ask("GET", "/_sandbox/nothing")[0] == 404


def test_calls_are_listed_with_their_outcome_and_without_secrets(
    start_endpoint: Callable[..., Endpoint], tmp_path: Any
) -> None:
    endpoint = start_endpoint(requests_log=tmp_path / "requests.jsonl")
    ec2 = endpoint.client("ec2")
    arguments = {"InstanceType": "c5.large", "MinCount": 1, "MaxCount": 1, "UserData": "very secret"}
    refused("InvalidAMIID.NotFound", ec2.run_instances, ImageId="ami-00000000000000000", **arguments)
    ec2.run_instances(ImageId=debian(ec2), **arguments)
    _, seen = endpoint.ask("GET", "/_sandbox/requests")
    runs = [one for one in seen if one["action"] == "RunInstances"]
    assert [(one["service"], one["status"], one["error"]) for one in runs] == [
        ("ec2", 400, "InvalidAMIID.NotFound"),
        ("ec2", 200, None),
    ]
    assert runs[0]["parameters"]["InstanceType"] == "c5.large"
    log = (tmp_path / "requests.jsonl").read_text()
    assert len(log.splitlines()) == len(seen)
    assert "very secret" not in log and "dmVyeSBzZWNyZXQ" not in log
    endpoint.ask("DELETE", "/_sandbox/requests")
    assert endpoint.ask("GET", "/_sandbox/requests")[1] == []
