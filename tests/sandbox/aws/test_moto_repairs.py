"""What moto still gets wrong, so that a newer moto tells us which repair to look at again."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from typing import Any

from sandbox.aws import moto_repairs
from sandbox.aws.protocol import Call, through_wsgi
from tests.support.wire_endpoint import Endpoint, describe


def plain(account: str, service: str, action: str, **parameters: Any) -> bytes:
    """moto's own answer to a call, with nothing in front of it."""
    call = Call.internal(service, "us-east-1", account).with_parameters(parameters, action)
    return through_wsgi(moto_repairs.server(), call).body


def test_the_repairs_are_for_the_moto_that_is_installed() -> None:
    assert importlib.metadata.version("moto") == moto_repairs.MOTO_VERSION


def test_moto_itself_still_needs_the_repairs() -> None:
    account = "900000000001"
    launch = {"ImageId": "ami-12c6146b", "InstanceType": "c5.large", "MinCount": 1, "MaxCount": 1}
    burstable = {**launch, "InstanceType": "t2.micro"}
    first = plain(account, "ec2", "RunInstances", ClientToken="t", CpuOptions={"CoreCount": 99}, **launch)
    second = plain(account, "ec2", "RunInstances", ClientToken="t", Placement={"Tenancy": "dedicated"}, **launch)
    plain(account, "ec2", "RunInstances", CreditSpecification={"CpuCredits": "unlimited"}, **burstable)
    assert b"<instanceId>" in first and first != second
    described = plain(account, "ec2", "DescribeInstances")
    assert described.count(b"<instanceId>i-") >= 2
    assert b"cpuOptions" not in described
    assert b"/dev/sda1" in described
    assert b"<name>running</name>" in described
    assert b"availabilityZoneId" not in described
    assert b"<tenancy>dedicated</tenancy>" not in described
    assert b"unlimited" not in plain(account, "ec2", "DescribeInstanceCreditSpecifications")


def test_what_is_set_on_motos_instances_is_shown(
    endpoint: Endpoint, ec2: Any, launch: Callable[..., dict[str, Any]]
) -> None:
    instance = launch()["InstanceId"]
    own = moto_repairs.Ec2(endpoint.settings.account_id, "us-east-1")
    own.describe_as(instance, {"cpu_options": {"CoreCount": 7, "ThreadsPerCore": 1}})
    own.tag(instance, {"aws:test": "x"})
    shown = describe(ec2, instance)
    assert shown["CpuOptions"]["CoreCount"] == 7
    assert {"Key": "aws:test", "Value": "x"} in shown["Tags"]
    own.set_state(instance, "stopping", "Code", "Sentence")
    shown = describe(ec2, instance)
    assert (shown["State"], shown["StateReason"]["Code"]) == ({"Code": 64, "Name": "stopping"}, "Code")
