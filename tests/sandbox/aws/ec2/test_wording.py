"""Errors read as EC2's do, and what is in use stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.wire_endpoint import refused, wait_for_state

Launch = Callable[..., dict[str, Any]]


def test_errors_have_no_traces_of_python(ec2: Any) -> None:
    sentence = refused("InvalidGroup.NotFound", ec2.describe_security_groups, GroupNames=["nobody"])
    assert sentence == "The security group 'nobody' does not exist"
    sentence = refused("InvalidKeyPair.NotFound", ec2.describe_key_pairs, KeyNames=["nobody"])
    assert sentence == "The keypair 'nobody' does not exist."


def test_unknown_ids_and_filters_are_errors(ec2: Any) -> None:
    unknown = "lt-0123456789abcdef0"
    refused("InvalidLaunchTemplateId.NotFound", ec2.describe_launch_templates, LaunchTemplateIds=[unknown])
    refused("InvalidInstanceID.Malformed", ec2.describe_instances, InstanceIds=["web-1"])
    filters = [{"Name": "colour", "Values": ["red"]}]
    sentence = refused("InvalidParameterValue", ec2.describe_instances, Filters=filters)
    assert sentence == "The filter 'colour' is invalid"


def test_instances_are_found_by_client_token(ec2: Any, launch: Launch, name: str) -> None:
    instance = launch(ClientToken=name)["InstanceId"]
    found = ec2.describe_instances(Filters=[{"Name": "client-token", "Values": [name]}])["Reservations"]
    assert [one["InstanceId"] for reservation in found for one in reservation["Instances"]] == [instance]


def test_a_group_in_use_cannot_be_deleted(ec2: Any, launch: Launch, name: str) -> None:
    group = ec2.create_security_group(GroupName=name, Description=name)["GroupId"]
    instance = launch(SecurityGroupIds=[group])["InstanceId"]
    assert group in refused("DependencyViolation", ec2.delete_security_group, GroupId=group)
    ec2.terminate_instances(InstanceIds=[instance])
    wait_for_state(ec2, instance, "terminated")
    ec2.delete_security_group(GroupId=group)


def test_a_group_of_an_interface_cannot_be_deleted(ec2: Any, name: str) -> None:
    group = ec2.create_security_group(GroupName=name, Description=name)["GroupId"]
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    interface = ec2.create_network_interface(SubnetId=subnet, Groups=[group])["NetworkInterface"]["NetworkInterfaceId"]
    assert group in refused("DependencyViolation", ec2.delete_security_group, GroupId=group)
    ec2.delete_network_interface(NetworkInterfaceId=interface)
    ec2.delete_security_group(GroupId=group)


def test_a_group_that_a_rule_of_another_names_cannot_be_deleted(ec2: Any, name: str) -> None:
    group = ec2.create_security_group(GroupName=name, Description=name)["GroupId"]
    other = ec2.create_security_group(GroupName=f"{name}-2", Description=name)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": group}]}
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=[rule])
    assert group in refused("DependencyViolation", ec2.delete_security_group, GroupId=group)
    ec2.delete_security_group(GroupId=other)
    ec2.delete_security_group(GroupId=group)
