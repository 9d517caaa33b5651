"""Which launches EC2 would refuse, and with what values it takes the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.wire_endpoint import Endpoint, debian, refused

Launch = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("parameters", "code", "sentence"),
    [
        ({"InstanceType": "x9.huge"}, "InvalidParameterValue", "Invalid value 'x9.huge' for InstanceType."),
        ({"ImageId": "ami-00000000000000000"}, "InvalidAMIID.NotFound", "'[ami-00000000000000000]' does not exist"),
        ({"ImageId": "debian"}, "InvalidAMIID.Malformed", 'expecting "ami-..."'),
        ({"KeyName": "nobody"}, "InvalidKeyPair.NotFound", "The key pair 'nobody' does not exist"),
        ({"SecurityGroupIds": ["sg-0"]}, "InvalidGroup.NotFound", "The security group 'sg-0' does not exist"),
        ({"SubnetId": "subnet-0"}, "InvalidSubnetID.NotFound", "The subnet ID 'subnet-0' does not exist"),
        (
            {"IamInstanceProfile": {"Name": "nobody"}},
            "InvalidParameterValue",
            "Value (nobody) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
        ),
        ({"InstanceType": "c7g.large"}, "InvalidParameterValue", "does not match the architecture 'x86_64'"),
        ({"UserData": "x" * 16385}, "InvalidParameterValue", "User data is limited to 16384 bytes"),
        (
            {"LaunchTemplate": {"LaunchTemplateName": "nobody"}},
            "InvalidLaunchTemplateName.NotFoundException",
            "nobody",
        ),
        ({"MinCount": 2}, "InvalidParameterValue", "exceeds maximum"),
        ({"Placement": {"AvailabilityZone": "eu-west-1a"}}, "InvalidParameterValue", "eu-west-1a"),
        ({"Placement": {"Tenancy": "mine"}}, "InvalidParameterValue", "Invalid value 'mine' for tenancy."),
        ({"Placement": {"Tenancy": "host"}}, "Unsupported", "no Dedicated Hosts"),
    ],
)
def test_impossible_launches_are_refused(
    ec2: Any, image: str, parameters: dict[str, Any], code: str, sentence: str
) -> None:
    given: dict[str, Any] = {"ImageId": image, "InstanceType": "c5.large", "MinCount": 1, "MaxCount": 1}
    assert sentence in refused(code, ec2.run_instances, **(given | parameters))
    assert sentence in refused(code, ec2.run_instances, **(given | parameters), DryRun=True)


def test_a_type_is_refused_where_its_zone_does_not_offer_it(ec2: Any, image: str) -> None:
    sentence = refused(
        "Unsupported",
        ec2.run_instances,
        ImageId=image,
        InstanceType="c7i.large",
        MinCount=1,
        MaxCount=1,
        Placement={"AvailabilityZone": "us-east-1e"},
    )
    assert "not supported in your requested Availability Zone (us-east-1e)" in sentence


def test_an_image_without_other_word_requires_metadata_tokens(launch: Launch) -> None:
    options = launch()["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 2)


def test_a_pinned_private_address_can_be_had_once(ec2: Any, launch: Launch) -> None:
    subnet = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"][0]
    address = subnet["CidrBlock"].rsplit(".", 1)[0] + ".77"
    pinned = {"SubnetId": subnet["SubnetId"], "PrivateIpAddress": address}
    assert launch(**pinned)["PrivateIpAddress"] == address
    refused("InvalidIPAddress.InUse", launch, **pinned)


def test_without_a_default_vpc_a_launch_must_name_its_subnet(start_endpoint: Callable[..., Endpoint]) -> None:
    ec2 = start_endpoint().client("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    for subnet in ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=vpc)
    arguments = {"ImageId": debian(ec2), "InstanceType": "c5.large", "MinCount": 1, "MaxCount": 1}
    assert "No default VPC" in refused("VPCIdNotSpecified", ec2.run_instances, **arguments)
