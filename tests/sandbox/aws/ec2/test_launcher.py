"""What a launch gives, and that a token launches once."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from sandbox.machine import Addresses
from tests.support.null_machines import NullMachines
from tests.support.wire_endpoint import Endpoint, debian, describe, refused, wait_for_state

Launch = Callable[..., dict[str, Any]]


def test_instance_is_pending_then_running_with_its_addresses(ec2: Any, launch: Launch) -> None:
    instance = launch()
    assert instance["State"] == {"Code": 0, "Name": "pending"}
    running = wait_for_state(ec2, instance["InstanceId"], "running")
    assert running["PublicIpAddress"].startswith("127.")
    assert running["PublicDnsName"] == "ec2-{}.compute-1.amazonaws.com".format(
        running["PublicIpAddress"].replace(".", "-")
    )
    assert running["PrivateIpAddress"] == running["NetworkInterfaces"][0]["PrivateIpAddress"]


def test_only_the_images_own_root_device_is_there(launch: Launch) -> None:
    devices = launch()["BlockDeviceMappings"]
    assert [(one["DeviceName"], one["Ebs"]["DeleteOnTermination"]) for one in devices] == [("/dev/xvda", True)]


def test_the_root_device_can_be_made_larger(ec2: Any, launch: Launch) -> None:
    devices = launch(BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 40}}])[
        "BlockDeviceMappings"
    ]
    assert [one["DeviceName"] for one in devices] == ["/dev/xvda"]
    volume = ec2.describe_volumes(VolumeIds=[devices[0]["Ebs"]["VolumeId"]])["Volumes"][0]
    assert (volume["Size"], volume["VolumeType"]) == (40, "gp3")


def test_an_architecture_that_this_computer_lacks_is_unsupported(ec2: Any) -> None:
    arguments = {"ImageId": debian(ec2, "arm64"), "InstanceType": "c7g.large", "MinCount": 1, "MaxCount": 1}
    assert "cannot run arm64" in refused("Unsupported", ec2.run_instances, **arguments)


def test_dry_run_launches_nothing(endpoint: Endpoint, ec2: Any, launch: Launch) -> None:
    before = len(endpoint.machines)
    refused("DryRunOperation", launch, DryRun=True)
    assert len(endpoint.machines) == before


def test_a_token_launches_once(endpoint: Endpoint, launch: Launch, name: str) -> None:
    first = launch(ClientToken=name, UserData="#!/bin/sh")
    before = len(endpoint.machines)
    assert launch(ClientToken=name, UserData="#!/bin/sh")["InstanceId"] == first["InstanceId"]
    assert len(endpoint.machines) == before


def test_a_token_with_other_parameters_is_a_mismatch(launch: Launch, name: str) -> None:
    launch(ClientToken=name)
    refused("IdempotentParameterMismatch", launch, ClientToken=name, InstanceType="c5.xlarge")


def test_a_token_of_a_terminated_instance_is_refused(ec2: Any, launch: Launch, name: str) -> None:
    instance = launch(ClientToken=name)["InstanceId"]
    ec2.terminate_instances(InstanceIds=[instance])
    refused("IdempotentInstanceTerminated", launch, ClientToken=name)


def test_a_dry_run_with_a_used_token_is_a_dry_run(launch: Launch, name: str) -> None:
    launch(ClientToken=name)
    refused("DryRunOperation", launch, ClientToken=name, DryRun=True)


def test_a_launch_that_finds_no_machine_leaves_nothing(start_endpoint: Callable[..., Endpoint]) -> None:
    class OneMachine(NullMachines):
        def reserve(self, instance_id: str) -> Addresses:
            if len(self) == 1:
                raise RuntimeError("no address is free")
            return super().reserve(instance_id)

    endpoint = start_endpoint(OneMachine())
    ec2 = endpoint.client("ec2")
    arguments = {"ImageId": debian(ec2), "InstanceType": "c5.large"}
    refused("InternalError", ec2.run_instances, **arguments, MinCount=2, MaxCount=2)
    assert ec2.describe_instances()["Reservations"] == []


def test_a_failed_launch_does_not_use_up_its_token(launch: Launch, name: str) -> None:
    refused("InvalidKeyPair.NotFound", launch, ClientToken=name, KeyName="nobody")
    assert launch(ClientToken=name)["ClientToken"] == name


def test_the_machine_is_told_all_of_its_launch(endpoint: Endpoint, ec2: Any, launch: Launch, name: str) -> None:
    made = ec2.create_key_pair(KeyName=name, KeyType="ed25519")
    assert made["KeyFingerprint"]
    group = ec2.create_security_group(GroupName=name, Description=name)["GroupId"]
    user_data = b"\x1f\x8b not text"
    instance = launch(
        KeyName=name,
        SecurityGroupIds=[group],
        UserData=user_data,
        InstanceInitiatedShutdownBehavior="terminate",
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 3, "InstanceMetadataTags": "enabled"},
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}],
    )["InstanceId"]
    spec = endpoint.machines.spec(instance)
    assert spec.user_data == user_data
    assert spec.public_keys[0].startswith("ssh-ed25519 ")
    assert (spec.cores, spec.threads_per_core, spec.memory_mib) == (1, 2, 4096)
    assert (spec.http_tokens, spec.http_hop_limit, spec.instance_metadata_tags) == ("required", 3, True)
    assert spec.shutdown_behavior == "terminate"
    assert spec.tags == (("Name", name),)
    assert spec.security_groups == (name,)
    assert not spec.ssh_open
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "127.0.0.1/32"}]}],
    )
    assert endpoint.machines.spec(instance).ssh_open
    attribute = ec2.describe_instance_attribute(InstanceId=instance, Attribute="userData")
    assert base64.b64decode(attribute["UserData"]["Value"]) == user_data


def test_the_image_with_a_compiler_boots_its_own_container(endpoint: Endpoint, ec2: Any, launch: Launch) -> None:
    found = ec2.describe_images(Owners=["self"], Filters=[{"Name": "name", "Values": ["sandbox-rust-amd64-*"]}])
    image = found["Images"][0]["ImageId"]
    assert endpoint.machines.spec(launch(ImageId=image)["InstanceId"]).image == "rust"
    assert endpoint.machines.spec(launch()["InstanceId"]).image == "default"


def test_images_of_amazon_linux_are_found_by_parameter(endpoint: Endpoint, launch: Launch) -> None:
    path = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    wanted = endpoint.client("ssm").get_parameter(Name=path)["Parameter"]["Value"]
    assert launch(ImageId=f"resolve:ssm:{path}")["ImageId"] == wanted


def test_an_instance_shows_its_tenancy_and_its_zone_with_the_id(ec2: Any, launch: Launch) -> None:
    shared, own = launch(), launch(Placement={"Tenancy": "dedicated", "AvailabilityZone": "us-east-1b"})
    assert describe(ec2, shared["InstanceId"])["Placement"]["Tenancy"] == "default"
    place = describe(ec2, own["InstanceId"])["Placement"]
    (subnet,) = ec2.describe_subnets(SubnetIds=[own["SubnetId"]])["Subnets"]
    assert (place["Tenancy"], place["AvailabilityZone"]) == ("dedicated", "us-east-1b")
    assert place["AvailabilityZoneId"] == subnet["AvailabilityZoneId"] != ""


def test_spot_instances_say_so(ec2: Any, launch: Launch) -> None:
    instance = launch(InstanceMarketOptions={"MarketType": "spot"})["InstanceId"]
    assert describe(ec2, instance)["InstanceLifecycle"] == "spot"
    assert "InstanceLifecycle" not in describe(ec2, launch()["InstanceId"])


def test_several_instances_of_one_launch(ec2: Any, image: str) -> None:
    launched = ec2.run_instances(ImageId=image, InstanceType="c5.large", MinCount=1, MaxCount=3)["Instances"]
    assert len({one["InstanceId"] for one in launched}) == 3
    assert len({one["PublicIpAddress"] for one in launched}) == 3


def test_the_default_vpc_has_subnets_in_three_zones(ec2: Any) -> None:
    subnets = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    assert len({subnet["AvailabilityZone"] for subnet in subnets}) >= 3
