"""A run's instances, as AWS knows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from benchmarks.aws import instances
from tests.support.aws_fakes import FakeClient, aws_error


def instance(id: str, state: str, **more: Any) -> dict[str, Any]:
    return {"InstanceId": id, "State": {"Name": state}, **more}


def described(*found: dict[str, Any]) -> dict[str, Any]:
    return {"Reservations": [{"Instances": [one]} for one in found]}


def test_a_runs_instances_are_asked_for_by_its_tag() -> None:
    ec2 = FakeClient(describe_instances=described(instance("i-1", "running")))
    assert [i["InstanceId"] for i in instances.alive(ec2, "r1")] == ["i-1"]
    (asked,) = ec2.called("describe_instances")
    assert asked["Filters"] == [
        {"Name": "tag:benchmarks:run", "Values": ["r1"]},
        {"Name": "instance-state-name", "Values": ["pending", "running", "stopped", "stopping"]},
    ]


def test_waiting_goes_on_until_all_run_and_are_found_by_their_tag() -> None:
    naps: list[float] = []
    both = described(instance("i-1", "running"), instance("i-2", "running"))
    answers = [described(), described(instance("i-1", "pending")), described(instance("i-1", "running")), both]
    ec2 = FakeClient(describe_instances=answers)
    running, failed = instances.wait_running(ec2, "r1", {"i-1", "i-2"}, 60, naps.append)
    assert {i["InstanceId"] for i in running} == {"i-1", "i-2"}
    assert failed == {}
    assert len(naps) == 3


def test_an_instance_that_ends_while_it_starts_fails_with_ec2s_reason() -> None:
    reason = {"StateReason": {"Message": "Client.InternalError: Client error on launch"}}
    ec2 = FakeClient(describe_instances=described(instance("i-1", "terminated", **reason)))
    _, failed = instances.wait_running(ec2, "r1", {"i-1"}, 60)
    told = "i-1 ended while it was starting: Client.InternalError: Client error on launch. Start a new run."
    assert failed == {"i-1": told}


def test_an_instance_that_fails_does_not_keep_the_others_from_running() -> None:
    ec2 = FakeClient(describe_instances=described(instance("i-1", "terminated"), instance("i-2", "running")))
    running, failed = instances.wait_running(ec2, "r1", {"i-1", "i-2"}, 60)
    assert [i["InstanceId"] for i in running] == ["i-2"]
    assert list(failed) == ["i-1"]


def test_an_instance_that_was_stopped_is_not_waited_for() -> None:
    ec2 = FakeClient(describe_instances=described(instance("i-1", "stopped")))
    _, failed = instances.wait_running(ec2, "r1", {"i-1"}, 60)
    end = "start it by aws ec2 start-instances, or end it by ./inv bench.terminate --run-id r1"
    assert failed == {"i-1": f"i-1 has been stopped: {end}"}


def test_an_instance_that_does_not_start_in_time_fails() -> None:
    ec2 = FakeClient(describe_instances=described(instance("i-1", "pending")))
    running, failed = instances.wait_running(ec2, "r1", {"i-1"}, -1)
    assert running == []
    late = "i-1 did not start within -1 seconds: start a new run, or choose another instance type."
    assert failed == {"i-1": late}


def test_ending_tells_ec2_of_one_after_the_other() -> None:
    found = [instance("i-1", "running"), instance("i-2", "pending")]
    ec2 = FakeClient(terminate_instances={})
    assert instances.terminate(ec2, found) == instances.TerminationAnswer(("i-1", "i-2"), ())
    assert ec2.called("terminate_instances") == [{"InstanceIds": ["i-1"]}, {"InstanceIds": ["i-2"]}]


def test_what_an_answer_by_tag_still_lacks_is_found_by_its_id() -> None:
    by_id, by_tag = instance("i-2", "running"), instance("i-1", "running")

    def describe(Filters: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        return described(by_id if Filters[0]["Name"] == "instance-id" else by_tag)

    ec2 = FakeClient(describe_instances=describe)
    assert instances.existing(ec2, "r1", ["i-1", "i-2"]) == [by_tag, by_id]
    # Only for what is missing EC2 is asked once more.
    assert len(ec2.called("describe_instances")) == 2


def test_what_is_terminated_is_not_left() -> None:
    ec2 = FakeClient(describe_instances=described(instance("i-1", "terminated"), instance("i-2", "shutting-down")))
    assert [i["InstanceId"] for i in instances.existing(ec2, "r1")] == ["i-2"]


def _refusing(**codes: str) -> Any:
    def terminate(InstanceIds: list[str]) -> dict[str, Any]:  # noqa: N803
        (one,) = InstanceIds
        if code := codes.get(one.replace("-", "_")):
            raise aws_error(code, "no", "TerminateInstances")
        return {}

    return terminate


def test_a_protected_instance_does_not_keep_the_others() -> None:
    first, second = instance("i-1", "running"), instance("i-2", "running")
    ec2 = FakeClient(terminate_instances=_refusing(i_1="OperationNotPermitted"))
    assert instances.terminate(ec2, [first, second]) == instances.TerminationAnswer(("i-2",), (first,))


def test_all_are_told_before_another_error_is_raised_and_one_that_is_gone_is_none() -> None:
    found = [instance(f"i-{number}", "running") for number in (1, 2, 3)]
    refusing = _refusing(i_1="UnauthorizedOperation", i_2="InvalidInstanceID.NotFound")
    ec2 = FakeClient(terminate_instances=refusing)
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        instances.terminate(ec2, found)
    assert len(ec2.called("terminate_instances")) == 3


def test_an_instance_without_addresses_has_none() -> None:
    one = instance("i-1", "running", InstanceType="c7i.large", Placement={"AvailabilityZone": "a"}, PublicDnsName="")
    record = instances.record({**one, "LaunchTime": datetime(2026, 5, 19, tzinfo=UTC)})
    assert (record.public_dns, record.public_ip, record.private_ip, record.host) == (None, None, None, 1)


def test_an_instance_is_recorded_with_its_image_place_and_purchase() -> None:
    place = {"AvailabilityZone": "eu-central-1a", "AvailabilityZoneId": "euc1-az2", "Tenancy": "dedicated"}
    more = {"InstanceType": "c7i.large", "Placement": place, "ImageId": "ami-1", "InstanceLifecycle": "spot"}
    record = instances.record(instance("i-1", "running", LaunchTime=datetime(2026, 5, 19, tzinfo=UTC), **more))
    assert (record.zone_id, record.tenancy, record.lifecycle, record.ami) == ("euc1-az2", "dedicated", "spot", "ami-1")


def test_an_instance_whose_lifecycle_is_not_told_is_on_demand() -> None:
    one = instance("i-1", "running", InstanceType="c7i.large", Placement={"AvailabilityZone": "a"})
    record = instances.record({**one, "LaunchTime": datetime(2026, 5, 19, tzinfo=UTC)})
    assert (record.zone_id, record.tenancy, record.lifecycle, record.ami) == (None, None, "on-demand", None)
