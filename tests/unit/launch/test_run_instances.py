"""Launching once, in the first zone that has capacity."""

from __future__ import annotations

import io
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.stub import Stubber

from benchmarks.aws.session import Client
from benchmarks.errors import FailedError, RefusedError
from benchmarks.launch import boot_times, refused_places, run_instances
from benchmarks.runs import ssh_keys
from tests.support.launches import PLACES, launch, plan
from tests.support.records import STARTED


class RawBody(io.BytesIO):
    """A response's body as botocore reads it."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def test_the_same_request_has_the_same_token() -> None:
    assert run_instances.parameters(launch(), "subnet-1") == run_instances.parameters(launch(), "subnet-1")


@pytest.mark.parametrize(
    ("change", "subnet"),
    [
        ({}, "subnet-2"),
        ({}, None),
        ({"run_id": "r2"}, "subnet-1"),
        ({"host": 2}, "subnet-1"),
        ({"user_data": "#cloud-config\n{}"}, "subnet-1"),
        ({"plan": plan(instance_type="c7i.xlarge")}, "subnet-1"),
        ({"plan": plan(cpu_options={"CoreCount": 1, "ThreadsPerCore": 1})}, "subnet-1"),
    ],
)
def test_another_request_has_another_token(change: dict[str, Any], subnet: str | None) -> None:
    other = run_instances.parameters(launch(**change), subnet)["ClientToken"]
    assert other != run_instances.parameters(launch(), "subnet-1")["ClientToken"]
    assert len(other) == 64  # EC2's limit


def test_what_is_launched_ends_itself_and_is_found_by_its_tags() -> None:
    request = run_instances.parameters(launch(), "subnet-1")
    assert request["InstanceInitiatedShutdownBehavior"] == "terminate"
    assert request["MetadataOptions"]["HttpTokens"] == "required"
    assert (request["MinCount"], request["MaxCount"]) == (1, 1)
    for specification in request["TagSpecifications"]:
        tags = {tag["Key"]: tag["Value"] for tag in specification["Tags"]}
        assert tags["benchmarks:run"] == "r1"
        assert tags["benchmarks:owner"] == "a"
        assert tags["benchmarks:expires"] == "2026-05-19T12:15:00+00:00"
        assert tags["benchmarks:usd-per-hour"] == "0.0852"
    assert [s["ResourceType"] for s in request["TagSpecifications"]] == ["instance", "volume"]


def test_the_template_keeps_what_the_plan_leaves_to_it() -> None:
    request = run_instances.settings(plan(), None)
    assert request.keys().isdisjoint({"SubnetId", "CpuOptions", "BlockDeviceMappings", "SecurityGroupIds"})
    assert request["LaunchTemplate"] == {"LaunchTemplateId": "lt-1", "Version": "3"}


def test_ec2_would_take_the_request(ec2: Client, stub: Stubber) -> None:
    block_devices = [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 9, "VolumeType": "gp3"}}]
    whole = launch(plan=plan(cpu_options={"CoreCount": 1, "ThreadsPerCore": 1}, block_devices=block_devices))
    stub.add_response(
        "run_instances", {"Instances": [{"InstanceId": "i-1"}]}, run_instances.parameters(whole, "subnet-1")
    )
    assert run_instances.run(ec2, whole)["InstanceId"] == "i-1"


@pytest.mark.parametrize("code", refused_places.ELSEWHERE)
def test_an_error_of_one_place_moves_to_the_next(ec2: Client, stub: Stubber, code: str) -> None:
    stub.add_client_error("run_instances", code, expected_params=run_instances.parameters(launch(), "subnet-1"))
    answer = {"Instances": [{"InstanceId": "i-2"}]}
    stub.add_response("run_instances", answer, run_instances.parameters(launch(), "subnet-2"))
    assert run_instances.run(ec2, launch())["InstanceId"] == "i-2"


def test_a_capacity_error_is_asked_once_a_zone_though_ec2_calls_it_an_internal_one(ec2: Client) -> None:
    body = b"<Response><Errors><Error><Code>%s</Code><Message>No.</Message></Error></Errors></Response>"
    codes = [b"InsufficientInstanceCapacity", b"InternalError", b"InsufficientInstanceCapacity"]
    sent = []

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 500, HTTPHeaders(), RawBody(body % codes[len(sent) - 1]))

    ec2.meta.events.register("before-send.ec2.RunInstances", answer)
    with pytest.raises(FailedError, match=r"has no capacity for c7i\.large in eu-central-1a, eu-central-1b now"):
        run_instances.run(ec2, launch())
    # Two zones, and the one error that is worth another try.
    assert len(sent) == len(PLACES) + 1


def test_a_dry_run_is_not_repeated_for_lack_of_capacity(ec2: Client) -> None:
    body = b"<Response><Errors><Error><Code>InsufficientInstanceCapacity</Code></Error></Errors></Response>"
    sent = []

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 500, HTTPHeaders(), RawBody(body))

    ec2.meta.events.register("before-send.ec2.RunInstances", answer)
    run_instances.rehearse(ec2, launch())
    assert len(sent) == 1


def test_no_capacity_anywhere_fails_and_names_the_zones(ec2: Client, stub: Stubber) -> None:
    for _ in PLACES:
        stub.add_client_error("run_instances", "InsufficientInstanceCapacity")
    with pytest.raises(FailedError) as failed:
        run_instances.run(ec2, launch())
    assert str(failed.value) == (
        "EC2 has no capacity for c7i.large in eu-central-1a, eu-central-1b now: try again later, in another region by "
        "--region, or another type."
    )


def test_no_capacity_anywhere_suggests_the_types_of_the_plan(ec2: Client, stub: Stubber) -> None:
    for _ in PLACES:
        stub.add_client_error("run_instances", "InsufficientInstanceCapacity")
    near = ("c6i.large ($0.085 an hour)", "m7i.large")
    with pytest.raises(FailedError, match=r"or another type, such as c6i\.large \(\$0\.085 an hour\), m7i\.large\.$"):
        run_instances.run(ec2, launch(plan=plan(alternatives=near)))


def test_what_differs_from_place_to_place_is_told_in_the_end(ec2: Client, stub: Stubber) -> None:
    stub.add_client_error("run_instances", "Unsupported", "The requested configuration is not supported.")
    stub.add_client_error("run_instances", "InsufficientFreeAddressesInSubnet", "Not enough addresses.")
    with pytest.raises(FailedError) as failed:
        run_instances.run(ec2, launch())
    assert str(failed.value) == (
        "EC2 cannot launch c7i.large: of eu-central-1a it says: The requested configuration is not supported; no "
        "address is free in subnet-2 (eu-central-1b). Choose another type, or leave what EC2 does not support out of "
        "the launch template. Free some addresses there, or give another subnet by --subnet."
    )


def test_a_dry_run_sends_what_the_launch_sends_without_using_up_its_token(ec2: Client, stub: Stubber) -> None:
    whole = launch(plan=plan(cpu_options={"CoreCount": 1, "ThreadsPerCore": 1}))
    sent = run_instances.parameters(whole, "subnet-1")
    token = sent["ClientToken"]
    expected = {name: value for name, value in sent.items() if value != token}
    assert {"UserData", "TagSpecifications", "CpuOptions"} <= expected.keys()
    stub.add_client_error("run_instances", "DryRunOperation", expected_params={**expected, "DryRun": True})
    run_instances.rehearse(ec2, whole)


@pytest.mark.parametrize("code", ["DryRunOperation", *refused_places.NO_CAPACITY])
@pytest.mark.parametrize("before", ["Unsupported", "InsufficientFreeAddressesInSubnet"])
def test_a_dry_run_goes_on_to_the_next_place(ec2: Client, stub: Stubber, before: str, code: str) -> None:
    stub.add_client_error("run_instances", before)
    stub.add_client_error("run_instances", code, http_status_code=400)
    run_instances.rehearse(ec2, launch())


def test_a_dry_run_that_no_place_takes_is_refused_with_ec2s_own_sentence(ec2: Client, stub: Stubber) -> None:
    for _ in PLACES:
        stub.add_client_error("run_instances", "Unsupported", "Tenancy host is not supported.")
    with pytest.raises(RefusedError) as refused:
        run_instances.rehearse(ec2, launch())
    assert str(refused.value) == (
        "EC2 cannot launch c7i.large: of eu-central-1a, eu-central-1b it says: Tenancy host is not supported. Choose "
        "another type, or leave what EC2 does not support out of the launch template."
    )


def test_a_dry_run_that_is_refused_everywhere_stops_at_once(ec2: Client, stub: Stubber) -> None:
    stub.add_client_error("run_instances", "UnauthorizedOperation", "no")
    with pytest.raises(ec2.exceptions.ClientError, match="UnauthorizedOperation"):
        run_instances.rehearse(ec2, launch())


def test_a_name_that_the_template_gives_is_not_in_the_request_too() -> None:
    request = run_instances.parameters(launch(plan=plan(named_by_template=("instance",))), "subnet-1")
    keys = {one["ResourceType"]: {tag["Key"] for tag in one["Tags"]} for one in request["TagSpecifications"]}
    assert "Name" not in keys["instance"]
    assert "Name" in keys["volume"]
    assert "benchmarks:run" in keys["instance"]


ON_DEMAND_QUOTA = "L-1216C47A (Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances)"
SPOT_QUOTA = "L-34B43A08 (All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests)"


@pytest.mark.parametrize(
    ("code", "spot", "quota"),
    [
        ("VcpuLimitExceeded", False, ON_DEMAND_QUOTA),
        ("InstanceLimitExceeded", False, ON_DEMAND_QUOTA),
        ("VcpuLimitExceeded", True, SPOT_QUOTA),
        ("MaxSpotInstanceCountExceeded", True, SPOT_QUOTA),
        ("MaxSpotInstanceCountExceeded", False, SPOT_QUOTA),
    ],
)
def test_a_quota_error_stops_and_names_the_quota(ec2: Client, stub: Stubber, code: str, spot: bool, quota: str) -> None:
    stub.add_client_error("run_instances", code, "You have requested more vCPU capacity than your limit of 8.")
    with pytest.raises(FailedError) as failed:
        run_instances.run(ec2, launch(plan=plan(spot=spot)))
    assert str(failed.value) == (
        f"You have requested more vCPU capacity than your limit of 8. Ask for more of {quota} in Service Quotas."
    )


def test_a_run_whose_instance_was_ended_is_not_gone_on_with(ec2: Client, stub: Stubber) -> None:
    stub.add_client_error("run_instances", "IdempotentInstanceTerminated", "It uses the same client token.")
    with pytest.raises(FailedError) as failed:
        run_instances.run(ec2, launch())
    assert str(failed.value) == ("The run r1 has ended, and its instance with it: leave run_id out to start a new run.")


def test_any_other_error_stops(ec2: Client, stub: Stubber) -> None:
    stub.add_client_error("run_instances", "UnauthorizedOperation", "no")
    with pytest.raises(ec2.exceptions.ClientError, match="UnauthorizedOperation"):
        run_instances.run(ec2, launch())


def test_a_new_instance_profile_is_waited_for(ec2: Client, stub: Stubber, naps: list[float]) -> None:
    for _ in range(3):
        stub.add_client_error("run_instances", "InvalidParameterValue", "Invalid IAM Instance Profile name")
    stub.add_response(
        "run_instances", {"Instances": [{"InstanceId": "i-1"}]}, run_instances.parameters(launch(), "subnet-1")
    )
    assert run_instances.run(ec2, launch(), naps.append)["InstanceId"] == "i-1"
    assert len(naps) == 3


def test_a_profile_that_never_comes_stops(
    ec2: Client, stub: Stubber, naps: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_instances, "PROFILE_TIMEOUT", -1.0)
    stub.add_client_error("run_instances", "InvalidParameterValue", "Invalid IAM Instance Profile name")
    with pytest.raises(ec2.exceptions.ClientError, match="Invalid IAM Instance Profile"):
        run_instances.run(ec2, launch(), naps.append)
    assert naps == []


def test_a_run_keeps_its_keys_so_that_its_token_stays_the_same(tmp_path: Path) -> None:
    first, again = (ssh_keys.run_keys(tmp_path, None) for _ in range(2))
    assert first == again
    requests = [
        run_instances.parameters(run_instances.prepare("r1", STARTED, k, 240, "a", plan()), None)
        for k in (first, again)
    ]
    assert requests[0]["ClientToken"] == requests[1]["ClientToken"]
    assert stat.S_IMODE((tmp_path / "keys/login").stat().st_mode) == 0o600


@pytest.mark.parametrize(("bare_metal", "lifetime"), [(False, 270), (True, 295)])
def test_the_timer_leaves_time_for_the_boot_which_the_tags_count(
    tmp_path: Path, bare_metal: bool, lifetime: int
) -> None:
    made = plan(bare_metal=bare_metal)
    prepared = run_instances.prepare("r1", STARTED, ssh_keys.run_keys(tmp_path, None), lifetime, "a", made)
    left = boot_times.once_booted(made, lifetime)
    assert f"lifetime={left}\n" in yaml.safe_load(prepared.user_data)["write_files"][0]["content"]
    assert left < lifetime
    assert prepared.tags["benchmarks:lifetime"] == str(lifetime)
    assert prepared.tags["benchmarks:expires"] == (STARTED + timedelta(minutes=lifetime)).isoformat(timespec="seconds")


def test_what_the_template_protects_is_launched_so_that_it_can_be_ended() -> None:
    overrides = {"DisableApiTermination": False, "HibernationOptions": {"Configured": False}}
    request = run_instances.parameters(launch(plan=plan(overrides=overrides)), "subnet-1")
    assert {name: request[name] for name in overrides} == overrides
    assert "DisableApiStop" not in request


def test_an_unknown_price_is_no_tag() -> None:
    assert "benchmarks:usd-per-hour" not in launch(plan=plan(price=None)).tags


def test_a_repeated_launch_begins_in_the_place_that_was_asked_last(ec2: Client, stub: Stubber, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    first, second = (run_instances.parameters(launch(), place.subnet) for place in PLACES)
    answer = {"Instances": [{"InstanceId": "i-2"}]}
    stub.add_client_error("run_instances", "InsufficientInstanceCapacity", expected_params=first)
    # Whoever asked is killed before the answer is noted.
    stub.add_response("run_instances", answer, second)
    run_instances.run(ec2, launch(), directory=tmp_path)
    stub.add_response("run_instances", answer, second)
    assert run_instances.run(ec2, launch(), directory=tmp_path)["InstanceId"] == "i-2"


def test_another_request_begins_in_the_first_place(ec2: Client, stub: Stubber, tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    answer = {"Instances": [{"InstanceId": "i-2"}]}
    stub.add_client_error("run_instances", "InsufficientInstanceCapacity")
    stub.add_response("run_instances", answer)
    run_instances.run(ec2, launch(), directory=tmp_path)
    for other in (launch(run_id="r2"), launch(host=2)):
        stub.add_response("run_instances", answer, run_instances.parameters(other, PLACES[0].subnet))
        run_instances.run(ec2, other, directory=tmp_path)


def test_nothing_is_launched_whose_token_cannot_be_noted(ec2: Client, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("")
    with pytest.raises(OSError, match="keys"):
        run_instances.run(ec2, launch(), directory=tmp_path)
