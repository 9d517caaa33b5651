"""A run's hosts: only those that are missing are launched."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from benchmarks.aws.session import Client
from benchmarks.errors import FailedError
from benchmarks.launch import hosts, run_instances
from benchmarks.launch.run_instances import Launch
from benchmarks.runs import failures, record_files
from benchmarks.runs.records import Instance, Instances, Quota
from tests.support import records
from tests.support.events import brief
from tests.support.launches import launch, plan


def instance(id: str, state: str = "running", host: int = 1, zone: str = "eu-central-1a") -> dict[str, Any]:
    return {
        "InstanceId": id,
        "ImageId": "ami-1",
        "InstanceType": "c7i.large",
        "State": {"Name": state},
        "SubnetId": "subnet-1",
        "Placement": {"AvailabilityZone": zone, "Tenancy": "default"},
        "PublicDnsName": "ec2.example",
        "PublicIpAddress": "192.0.2.7",
        "PrivateIpAddress": "10.0.0.7",
        "LaunchTime": datetime.fromisoformat("2026-05-19T08:15:00+00:00"),
        "Tags": [{"Key": "benchmarks:run", "Value": "r1"}, {"Key": "benchmarks:host", "Value": str(host)}],
    }


def described(*instances: dict[str, Any]) -> dict[str, Any]:
    return {"Reservations": [{"Instances": list(instances)}]}


def add_facts(stub: Stubber) -> None:
    """EC2's answers to what is asked once all instances run."""
    stub.add_response("describe_subnets", {"Subnets": [{"SubnetId": "subnet-1", "AvailabilityZoneId": "euc1-az2"}]})
    stub.add_response("describe_instance_types", {"InstanceTypes": [{"InstanceType": "c7i.large"}]})


def test_only_hosts_that_are_not_there_are_launched(ec2: Client, stub: Stubber, naps: list[float]) -> None:
    second = launch(host=2)
    stub.add_response("describe_instances", described(instance("i-1")), {"Filters": ANY})
    answer = {"Instances": [instance("i-2", "pending", host=2)]}
    stub.add_response("run_instances", answer, run_instances.parameters(second, "subnet-1"))
    stub.add_response("describe_instances", described(instance("i-2", host=2), instance("i-1")), {"Filters": ANY})
    add_facts(stub)
    noted: list[list[str]] = []
    outcome = hosts.ensure(
        ec2,
        [launch(), second],
        60,
        lambda found: noted.append([i.instance_id for i in found]),
        naps.append,
        begin=lambda: noted.append([]),
    )
    assert outcome.changed
    # What costs money is known as soon as it is launched, and not only when it runs.
    assert noted == [[], ["i-1", "i-2"], ["i-1", "i-2"]]
    assert [(i.host, i.instance_id) for i in outcome.instances] == [(1, "i-1"), (2, "i-2")]


def test_launching_again_changes_nothing(ec2: Client, stub: Stubber, naps: list[float]) -> None:
    for _ in range(2):
        stub.add_response("describe_instances", described(instance("i-1")), {"Filters": ANY})
    add_facts(stub)
    outcome = hosts.ensure(ec2, [launch()], 60, lambda found: None, naps.append, begin=lambda: 1 / 0)
    assert not outcome.changed
    assert outcome.instances == (
        Instance(
            host=1,
            instance_id="i-1",
            instance_type="c7i.large",
            zone="eu-central-1a",
            public_dns="ec2.example",
            public_ip="192.0.2.7",
            private_ip="10.0.0.7",
            launched=datetime.fromisoformat("2026-05-19T08:15:00+00:00"),
            tags={"benchmarks:run": "r1", "benchmarks:host": "1"},
            zone_id="euc1-az2",
            tenancy="default",
            lifecycle="on-demand",
            ami="ami-1",
        ),
    )


def test_facts_that_cannot_be_read_do_not_fail_the_launch(ec2: Client, stub: Stubber, naps: list[float]) -> None:
    for _ in range(2):
        stub.add_response("describe_instances", described(instance("i-1")), {"Filters": ANY})
    stub.add_client_error("describe_subnets", "UnauthorizedOperation", http_status_code=403)
    stub.add_client_error("describe_instance_types", "UnauthorizedOperation", http_status_code=403)
    noted: list[Instance] = []
    found = hosts.ensure(ec2, [launch()], 60, noted.extend, naps.append).instances
    assert noted == list(found)
    assert [(one.zone_id, one.cpu_credits, one.tenancy) for one in found] == [(None, None, "default")]


def test_what_a_launch_would_change_is_an_instance_or_nothing(ec2: Client, stub: Stubber) -> None:
    whole = [plan(region="eu-central-1", cores=1, threads_per_core=2)]
    stub.add_response("describe_instances", described(), {"Filters": ANY})
    stub.add_response("describe_instances", described(instance("i-1")), {"Filters": ANY})
    before = hosts.difference(hosts.existing(ec2, "r1"), whole)
    assert before["before"] == ""
    assert before["after"].splitlines() == [
        "instance type: c7i.large, 1 cores, 2 threads each",
        "image: ami-1 (debian)",
        "launch template: benchmarks, version 3",
        "zone: eu-central-1a, else eu-central-1b",
    ]
    after = hosts.difference(hosts.existing(ec2, "r1"), whole)
    assert after["before"] == after["after"]


def no_capacity(stub: Stubber, times: int) -> None:
    for _ in range(times):
        stub.add_client_error("run_instances", "InsufficientInstanceCapacity", "No capacity.")


def test_a_host_that_is_refused_does_not_stop_the_others(ec2: Client, stub: Stubber, naps: list[float]) -> None:
    stub.add_response("describe_instances", described(), {"Filters": ANY})
    no_capacity(stub, times=2)
    stub.add_response("run_instances", {"Instances": [instance("i-2", "pending", host=2)]})
    stub.add_response("describe_instances", described(instance("i-2", host=2)), {"Filters": ANY})
    add_facts(stub)
    outcome = hosts.ensure(ec2, [launch(), launch(host=2)], 60, lambda found: None, naps.append)
    assert [one.instance_id for one in outcome.instances] == ["i-2"]
    assert list(outcome.refused) == [1]
    assert outcome.refused[1].startswith("EC2 has no capacity for c7i.large in eu-central-1a, eu-central-1b now")


def test_a_single_host_that_is_refused_fails_the_launch(ec2: Client, stub: Stubber, naps: list[float]) -> None:
    stub.add_response("describe_instances", described(), {"Filters": ANY})
    no_capacity(stub, times=2)
    with pytest.raises(FailedError, match=r"^EC2 has no capacity for c7i\.large in"):
        hosts.ensure(ec2, [launch()], 60, lambda found: None, naps.append)


def test_each_of_several_hosts_is_refused_for_its_own_reason(ec2: Client, stub: Stubber, naps: list[float]) -> None:
    stub.add_response("describe_instances", described(), {"Filters": ANY})
    no_capacity(stub, times=2)
    stub.add_client_error("run_instances", "UnauthorizedOperation", "No.", http_status_code=403)
    outcome = hosts.ensure(ec2, [launch(), launch(host=2)], 60, lambda found: None, naps.append)
    assert outcome.instances == ()
    assert outcome.refused[1].startswith("EC2 has no capacity for c7i.large in ")
    assert outcome.refused[2].startswith("Your AWS user lacks the permission RunInstances")


def test_a_host_that_ec2_was_out_of_reach_for_waits_if_another_was_launched(
    ec2: Client, stub: Stubber, naps: list[float]
) -> None:
    stub.add_response("describe_instances", described(), {"Filters": ANY})
    stub.add_response("run_instances", {"Instances": [instance("i-1", "pending")]})
    stub.add_client_error("run_instances", "Unavailable", "The server is overloaded.", http_status_code=503)
    # While it starts, EC2 may be out of reach too.
    stub.add_client_error("describe_instances", "Unavailable", "The server is overloaded.", http_status_code=503)
    stub.add_response("describe_instances", described(instance("i-1")), {"Filters": ANY})
    add_facts(stub)
    outcome = hosts.ensure(ec2, [launch(), launch(host=2)], 60, lambda found: None, naps.append)
    assert [one.instance_id for one in outcome.instances] == ["i-1"]
    assert outcome.refused == {}


def test_an_instance_that_ends_as_it_starts_does_not_stop_the_others(
    ec2: Client, stub: Stubber, naps: list[float]
) -> None:
    stub.add_response("describe_instances", described(), {"Filters": ANY})
    for host in (1, 2):
        stub.add_response("run_instances", {"Instances": [instance(f"i-{host}", "pending", host=host)]})
    seen = described(instance("i-1", "terminated"), instance("i-2", host=2))
    stub.add_response("describe_instances", seen, {"Filters": ANY})
    add_facts(stub)
    outcome = hosts.ensure(ec2, [launch(), launch(host=2)], 60, lambda found: None, naps.append)
    assert [one.instance_id for one in outcome.instances] == ["i-2"]
    assert outcome.refused == {1: "i-1 ended while it was starting: no reason given. Start a new run."}


def counted(host: int, used: int = 0) -> Launch:
    quota = Quota(code="L-1", name="Standard", limit=4, needed=2, used=used)
    return replace(launch(host=host), plan=plan(host=host, quota=quota))


def test_what_the_quota_has_no_room_for_is_neither_launched_nor_refused(
    ec2: Client, stub: Stubber, naps: list[float]
) -> None:
    stub.add_response("describe_instances", described(), {"Filters": ANY})
    stub.add_response("run_instances", {"Instances": [instance("i-1", "pending")]})
    # It was thought that there is room for two.
    stub.add_client_error("run_instances", "VcpuLimitExceeded", "You have requested more vCPU capacity.")
    stub.add_response("describe_instances", described(instance("i-1")), {"Filters": ANY})
    add_facts(stub)
    launches = [counted(host) for host in (1, 2, 3)]
    outcome = hosts.ensure(ec2, launches, 60, lambda found: None, naps.append)
    assert [one.instance_id for one in outcome.instances] == ["i-1"]
    assert outcome.refused == {}


def test_a_quota_without_room_for_the_first_host_fails_it(ec2: Client, stub: Stubber, naps: list[float]) -> None:
    stub.add_response("describe_instances", described(), {"Filters": ANY})
    stub.add_client_error("run_instances", "VcpuLimitExceeded", "You have requested more vCPU capacity.")
    with pytest.raises(run_instances.QuotaError, match=r"^You have requested more vCPU capacity\."):
        hosts.ensure(ec2, [launch()], 60, lambda found: None, naps.append)


def test_refused_hosts_are_recorded_and_named_with_their_types(tmp_path: Path) -> None:
    record_files.write(tmp_path, records.instances("i-1"))
    outcome = hosts.Outcome(True, (), {1: "It ended.", 2: "No capacity."})
    told = hosts.note_refused(tmp_path, [plan(host=1), plan(host=2, instance_type="c8g.large")], outcome)
    assert told == ["c7i.large (host-1): It ended.", "c8g.large (host-2): No capacity."]
    assert sorted((one.host, one.sentence, one.stage) for one in failures.failures(tmp_path)) == [
        ("host-2", "No capacity.", "launch"),
        ("i-1", "It ended.", "launch"),
    ]


def test_instances_are_recorded_beside_those_that_are_known(tmp_path: Path) -> None:
    for number in (2, 1):
        hosts.note(tmp_path, "eu-central-1", "ssh-ed25519 A", [records.instance(f"i-{number}", host=number)])
    found = record_files.read(Instances, tmp_path)
    assert found
    assert [one.instance_id for one in found.instances] == ["i-1", "i-2"]
    known = (tmp_path / "known_hosts").read_text().splitlines()
    assert sorted(known) == ["i-1 ssh-ed25519 A", "i-2 ssh-ed25519 A"]


def test_each_instance_is_told_once_as_soon_as_it_is_launched(tmp_path: Path) -> None:
    first, second = (records.instances(id).instances[0] for id in ("i-1", "i-2"))
    for found in ([first], [first], [first, second]):
        hosts.note(tmp_path, "eu-central-1", "ssh-ed25519 A", found)
    assert brief(tmp_path) == [
        ("instance-launched", one.instance_id, one.instance_type, one.zone) for one in (first, second)
    ]
