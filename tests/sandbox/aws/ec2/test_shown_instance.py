"""Instances are shown as EC2 shows them, without what moto leaves behind."""

from __future__ import annotations

from typing import Any

from sandbox.aws.ec2.shown_instance import tidy


def instance(state: str = "running", **more: Any) -> dict[str, Any]:
    association = {"PublicIp": "127.0.2.1", "PublicDnsName": "wrong"}
    inner = {"PrivateIpAddress": "10.0.0.2", "Association": dict(association)}
    interface = {"Association": dict(association), "PrivateIpAddresses": [inner]}
    return {
        "State": {"Name": state},
        "PublicDnsName": "ec2-127-0-2-1.compute-1.amazonaws.com",
        "PublicIpAddress": "127.0.2.1",
        "PrivateIpAddress": "10.0.0.2",
        "SubnetId": "subnet-1",
        "VpcId": "vpc-1",
        "SecurityGroups": [{"GroupId": "sg-1"}],
        "NetworkInterfaces": [interface],
        **more,
    }


def test_a_running_instance_keeps_its_addresses_under_their_public_name() -> None:
    shown = tidy(instance())
    (interface,) = shown["NetworkInterfaces"]
    (inner,) = interface["PrivateIpAddresses"]
    names = {holder["Association"]["PublicDnsName"] for holder in (interface, inner)}
    assert names == {"ec2-127-0-2-1.compute-1.amazonaws.com"}
    assert shown["PublicIpAddress"] == "127.0.2.1"


def test_an_instance_without_a_public_address_has_an_empty_name_and_no_association() -> None:
    given = instance()
    del given["PublicDnsName"]
    given["NetworkInterfaces"] = [{"Association": {}, "PrivateIpAddresses": [{"Association": None}]}]
    shown = tidy(given)
    assert shown["PublicDnsName"] == ""
    assert shown["NetworkInterfaces"] == [{"PrivateIpAddresses": [{}]}]


def test_a_terminated_instance_has_no_place_any_more() -> None:
    shown = tidy(instance("terminated"))
    assert (shown["NetworkInterfaces"], shown["SecurityGroups"], shown["PublicDnsName"]) == ([], [], "")
    assert shown.keys().isdisjoint({"PrivateIpAddress", "PublicIpAddress", "SubnetId", "VpcId"})


def test_a_reason_is_shown_where_there_is_one() -> None:
    assert "StateReason" not in tidy(instance(StateReason={"Code": "", "Message": ""}))
    reason = {"Code": "Client.UserInitiatedShutdown", "Message": "User initiated"}
    assert tidy(instance(StateReason=reason))["StateReason"] == reason
