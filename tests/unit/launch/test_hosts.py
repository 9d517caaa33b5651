"""A run's hosts: only those that are missing are launched."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.stub import ANY, Stubber

from benchmarks.aws.session import Client
from benchmarks.launch import hosts, run_instances
from benchmarks.runs.records import Instance
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


def test_each_instance_is_told_once_as_soon_as_it_is_launched(tmp_path: Path) -> None:
    first, second = (records.instances(id).instances[0] for id in ("i-1", "i-2"))
    for found in ([first], [first], [first, second]):
        hosts.note(tmp_path, "eu-central-1", "ssh-ed25519 A", found)
    assert brief(tmp_path) == [
        ("instance-launched", one.instance_id, one.instance_type, one.zone) for one in (first, second)
    ]
