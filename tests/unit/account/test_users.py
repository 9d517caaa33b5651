"""Who uses what teardown would remove."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.account import users
from benchmarks.account.users import Users
from tests.support.torn_down_account import account, instance, reservations

RUN: dict[str, Any] = {"Tags": [{"Key": "benchmarks:run", "Value": "r1"}, {"Key": "benchmarks:owner", "Value": "bob"}]}
GROUP: dict[str, Any] = {"SecurityGroups": [{"GroupId": "sg-1"}]}
PROFILE: dict[str, Any] = {"IamInstanceProfile": {"Arn": "arn:aws:iam::123456789012:instance-profile/benchmarks"}}


def interface(holder: str | None = None, description: str = "") -> dict[str, Any]:
    attached = {"Attachment": {"InstanceId": holder}} if holder else {}
    return {"NetworkInterfaceId": "eni-1", "Description": description, **attached}


def found(*there: dict[str, Any], interfaces: tuple[Any, ...] = (), group: str | None = "sg-1") -> Users:
    client = account(
        describe_instances=reservations(*there), describe_network_interfaces={"NetworkInterfaces": list(interfaces)}
    )
    return users.find(client, "eu-central-1", group, "benchmarks")


@pytest.mark.parametrize("state", ["pending", "running", "stopping", "stopped"])
def test_instance_of_anybodys_run_is_named_with_the_command_that_ends_it(state: str) -> None:
    assert found(instance(state=state, **RUN)).alive == (
        f"i-1 of the run r1 by bob ({state}; ./inv bench.terminate --run-id r1 --region eu-central-1 ends it)",
    )


@pytest.mark.parametrize(("more", "what"), [(GROUP, "security group"), (PROFILE, "instance profile")])
def test_instance_of_no_run_is_named_if_it_uses_what_would_be_removed(more: dict[str, Any], what: str) -> None:
    (text,) = found(instance(**more)).alive
    assert text == f"i-1, which uses the {what} benchmarks (running; aws ec2 terminate-instances ends it)"


def test_instance_that_uses_nothing_of_it_is_of_no_concern() -> None:
    other: dict[str, Any] = {
        "SecurityGroups": [{"GroupId": "sg-2"}],
        "IamInstanceProfile": {"Arn": "arn:aws:iam::1:instance-profile/web"},
    }
    assert found(instance(**other)) == Users()


def test_what_is_not_removed_may_be_used() -> None:
    client = account(describe_instances=reservations(instance(**GROUP, **PROFILE)))
    assert users.find(client, "eu-central-1", None) == Users()


def test_interface_of_no_instance_is_named() -> None:
    (text,) = found(interfaces=(interface(description="of a load balancer"),)).alive
    assert text == "the network interface eni-1, of a load balancer, which uses the security group benchmarks"


def test_instance_that_is_shutting_down_is_only_waited_for() -> None:
    dying = instance(state="shutting-down", **RUN)
    assert found(dying, interfaces=(interface("i-1"),)) == Users(ending=("i-1",))
    assert found(dying) == Users()
