"""A launch template's values are honoured, and the request's override them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.aws import launch_templates, network_interfaces
from sandbox.aws.ec2 import template_merge
from tests.support.wire_endpoint import Endpoint, describe, refused

Launch = Callable[..., dict[str, Any]]
Template = Callable[..., dict[str, str]]


@pytest.fixture
def template(ec2: Any, image: str, name: str) -> Template:
    """Makes a launch template of this data and returns how to name it."""

    def make(**data: Any) -> dict[str, str]:
        given = {"ImageId": image, "InstanceType": "c5.large"} | data
        ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=given)
        return {"LaunchTemplateName": name}

    return make


@pytest.fixture
def group(ec2: Any, name: str) -> str:
    return str(ec2.create_security_group(GroupName=name, Description=name)["GroupId"])


@pytest.fixture
def profile(iam: Any, name: str) -> str:
    iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return name


def test_a_template_is_honoured_whole(
    endpoint: Endpoint, ec2: Any, launch: Launch, template: Template, group: str, profile: str, name: str
) -> None:
    ec2.create_key_pair(KeyName=name)
    named = template(
        InstanceType="c5.2xlarge",
        SecurityGroupIds=[group],
        IamInstanceProfile={"Name": profile},
        MetadataOptions={"HttpTokens": "optional", "HttpPutResponseHopLimit": 5, "InstanceMetadataTags": "enabled"},
        UserData=base64.b64encode(b"#!/bin/sh\necho template").decode(),
        KeyName=name,
        InstanceInitiatedShutdownBehavior="terminate",
        CpuOptions={"CoreCount": 2, "ThreadsPerCore": 1},
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 33}}],
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "from", "Value": "template"}]},
            {"ResourceType": "volume", "Tags": [{"Key": "of", "Value": "template"}]},
        ],
    )
    instance = describe(ec2, launch(InstanceType="c5.2xlarge", LaunchTemplate=named)["InstanceId"])
    assert instance["InstanceType"] == "c5.2xlarge"
    assert [one["GroupId"] for one in instance["SecurityGroups"]] == [group]
    assert [one["GroupId"] for one in instance["NetworkInterfaces"][0]["Groups"]] == [group]
    assert instance["IamInstanceProfile"]["Arn"].endswith(f":instance-profile/{profile}")
    assert instance["MetadataOptions"]["HttpTokens"] == "optional"
    assert instance["MetadataOptions"]["HttpPutResponseHopLimit"] == 5
    assert instance["MetadataOptions"]["InstanceMetadataTags"] == "enabled"
    assert instance["KeyName"] == name
    assert instance["CpuOptions"] == {"CoreCount": 2, "ThreadsPerCore": 1}
    devices = instance["BlockDeviceMappings"]
    assert [one["DeviceName"] for one in devices] == ["/dev/xvda"]
    volume = ec2.describe_volumes(VolumeIds=[devices[0]["Ebs"]["VolumeId"]])["Volumes"][0]
    assert (volume["Size"], volume["Tags"]) == (33, [{"Key": "of", "Value": "template"}])
    tags = {tag["Key"]: tag["Value"] for tag in instance["Tags"]}
    assert tags["from"] == "template"
    assert tags["aws:ec2launchtemplate:version"] == "1"
    spec = endpoint.machines.spec(instance["InstanceId"])
    assert spec.user_data == b"#!/bin/sh\necho template"
    assert (spec.shutdown_behavior, spec.role_name) == ("terminate", profile)
    assert len(spec.public_keys) == 1


def test_the_requests_values_override_the_templates(
    endpoint: Endpoint, ec2: Any, launch: Launch, template: Template, group: str
) -> None:
    named = template(
        SecurityGroupIds=[group],
        UserData=base64.b64encode(b"template").decode(),
        InstanceInitiatedShutdownBehavior="stop",
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "t"}, {"Key": "b", "Value": "t"}]}
        ],
    )
    other = ec2.create_security_group(GroupName=f"{named['LaunchTemplateName']}-2", Description="x")["GroupId"]
    instance = launch(
        LaunchTemplate=named,
        InstanceType="m5.large",
        SecurityGroupIds=[other],
        UserData="request",
        InstanceInitiatedShutdownBehavior="terminate",
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "r"}]}],
    )
    spec = endpoint.machines.spec(instance["InstanceId"])
    assert (spec.instance_type, spec.user_data, spec.shutdown_behavior) == ("m5.large", b"request", "terminate")
    assert [one["GroupId"] for one in instance["SecurityGroups"]] == [other]
    assert {"a": "r", "b": "t"}.items() <= dict(spec.tags).items()


def test_versions_are_chosen_by_number_latest_and_default(ec2: Any, template: Template) -> None:
    named = template(InstanceType="c5.large")
    data = {"InstanceType": "c5.4xlarge"}
    ec2.create_launch_template_version(**named, SourceVersion="1", LaunchTemplateData=data)

    def type_at(**version: str) -> str:
        launched = ec2.run_instances(MinCount=1, MaxCount=1, LaunchTemplate=named | version)
        return str(launched["Instances"][0]["InstanceType"])

    assert type_at() == type_at(Version="$Default") == type_at(Version="1") == "c5.large"
    assert type_at(Version="$Latest") == type_at(Version="2") == "c5.4xlarge"
    assert "7" in refused(
        "InvalidLaunchTemplateId.VersionNotFound",
        ec2.run_instances,
        MinCount=1,
        MaxCount=1,
        LaunchTemplate=named | {"Version": "7"},
    )


def test_a_template_resolves_its_image_by_parameter(endpoint: Endpoint, launch: Launch, template: Template) -> None:
    path = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    wanted = endpoint.client("ssm").get_parameter(Name=path)["Parameter"]["Value"]
    assert launch(LaunchTemplate=template(ImageId=f"resolve:ssm:{path}"))["ImageId"] == wanted


def test_a_network_interface_brings_groups_subnet_and_public_address(
    ec2: Any, launch: Launch, template: Template, group: str
) -> None:
    subnet = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"][1]["SubnetId"]
    interface = {"DeviceIndex": 0, "Groups": [group], "SubnetId": subnet, "AssociatePublicIpAddress": False}
    instance = launch(LaunchTemplate=template(NetworkInterfaces=[interface]))
    assert instance["SubnetId"] == subnet
    assert [one["GroupId"] for one in instance["SecurityGroups"]] == [group]
    assert "PublicIpAddress" not in instance
    assert instance["PublicDnsName"] == ""


@pytest.mark.parametrize("extra", ["SubnetId", "SecurityGroupIds"])
def test_a_network_interface_forbids_a_second_word_on_it(
    ec2: Any, launch: Launch, template: Template, group: str, extra: str
) -> None:
    named = template(NetworkInterfaces=[{"DeviceIndex": 0, "Groups": [group]}])
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    value: Any = subnet if extra == "SubnetId" else [group]
    sentence = refused("InvalidParameterCombination", launch, LaunchTemplate=named, **{extra: value})
    assert sentence.startswith("Network interfaces and an instance-level")


def test_a_requests_network_interface_replaces_the_templates(
    ec2: Any, launch: Launch, template: Template, group: str
) -> None:
    first, second = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"][:2]
    own = {"DeviceIndex": 0, "Groups": [group], "SubnetId": first["SubnetId"], "AssociatePublicIpAddress": False}
    moved = {"DeviceIndex": 0, "SubnetId": second["SubnetId"]}
    instance = launch(LaunchTemplate=template(NetworkInterfaces=[own]), NetworkInterfaces=[moved])
    assert instance["SubnetId"] == second["SubnetId"]
    assert [one["GroupName"] for one in instance["SecurityGroups"]] == ["default"]


def test_what_a_launch_moves_keeps_all_that_the_template_sets(
    ec2: Any, launch: Launch, template: Template, group: str
) -> None:
    first, second = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"][:2]
    own = {"DeviceIndex": 0, "Groups": [group], "SubnetId": first["SubnetId"], "AssociatePublicIpAddress": False}
    named = template(NetworkInterfaces=[own])
    interface = network_interfaces.movable(launch_templates.find(ec2, named["LaunchTemplateName"], "benchmarks"))
    assert interface
    moved = {**interface, "SubnetId": second["SubnetId"]}
    instance = launch(LaunchTemplate=named, NetworkInterfaces=[moved])
    assert instance["SubnetId"] == second["SubnetId"]
    assert [one["GroupId"] for one in instance["SecurityGroups"]] == [group]
    assert "PublicIpAddress" not in describe(ec2, instance["InstanceId"])


def test_naming_a_template_twice_is_refused(ec2: Any, launch: Launch, template: Template) -> None:
    named = template()
    identifier = ec2.describe_launch_templates(LaunchTemplateNames=[named["LaunchTemplateName"]])["LaunchTemplates"][0]
    both = named | {"LaunchTemplateId": identifier["LaunchTemplateId"]}
    refused("InvalidParameterCombination", launch, LaunchTemplate=both)


def test_an_instance_store_volume_is_no_ebs_volume() -> None:
    root = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}
    stored = {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}
    assert template_merge.devices_over([root], [stored]) == [root]


@pytest.mark.parametrize("of_instances", [[], [{"ResourceType": "instance", "Tags": [{"Key": "of", "Value": "it"}]}]])
def test_a_templates_own_tags_are_not_those_of_what_it_launches(
    ec2: Any, name: str, of_instances: list[dict[str, Any]]
) -> None:
    own = [{"ResourceType": "launch-template", "Tags": [{"Key": "own", "Value": "x"}]}]
    data = {"InstanceType": "c5.large", **({"TagSpecifications": of_instances} if of_instances else {})}
    made = ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data, TagSpecifications=own)
    assert made["LaunchTemplate"]["Tags"] == [{"Key": "own", "Value": "x"}]
    (version,) = ec2.describe_launch_template_versions(LaunchTemplateName=name)["LaunchTemplateVersions"]
    assert version["LaunchTemplateData"].get("TagSpecifications", []) == of_instances
