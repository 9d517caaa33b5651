"""The instance metadata service, asked from inside an instance."""

from __future__ import annotations

import json
from typing import Any

import boto3

from tests.support.live_sandbox import Instance, Running

SERVICE = "http://169.254.169.254"
TOKEN = f"$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' {SERVICE}/latest/api/token)"


def get(instance: Instance, path: str) -> str:
    """What an instance is told at a path."""
    header = f'-H "X-aws-ec2-metadata-token: {TOKEN}"'
    return instance.says(f"curl --fail --silent --show-error {header} {SERVICE}/latest/{path}")


def status(instance: Instance, path: str, options: str = "") -> int:
    """The HTTP status of a request as it is."""
    return int(instance.says(f"curl -s -o /dev/null -w '%{{http_code}}' {options} {SERVICE}/{path}"))


def test_metadata_says_who_the_instance_is(instance: Instance) -> None:
    described = instance.describe()
    expected = {
        "instance-id": instance.id,
        "instance-type": "c7i.large",
        "ami-id": described["ImageId"],
        "local-ipv4": described["PrivateIpAddress"],
        "public-ipv4": described["PublicIpAddress"],
        "public-hostname": described["PublicDnsName"],
        "placement/availability-zone": described["Placement"]["AvailabilityZone"],
        "placement/region": "us-east-1",
        "security-groups": described["SecurityGroups"][0]["GroupName"],
        "tags/instance/colour": "blue",
    }
    assert {path: get(instance, f"meta-data/{path}") for path in expected} == expected


def test_identity_document_agrees(running: Running, instance: Instance) -> None:
    document = json.loads(get(instance, "dynamic/instance-identity/document"))
    assert document["instanceId"] == instance.id
    assert document["accountId"] == running.facts["account_id"]
    assert document["architecture"] == "x86_64"


def test_folders_are_listed_with_a_slash(instance: Instance) -> None:
    assert {"instance-id", "placement/", "iam/"} <= set(get(instance, "meta-data/").splitlines())
    assert set(get(instance, "meta-data/placement").splitlines()) == {"availability-zone", "region"}


def test_token_is_demanded_and_checked(instance: Instance) -> None:
    assert status(instance, "latest/meta-data/instance-id") == 401
    assert status(instance, "latest/meta-data/instance-id", "-H 'X-aws-ec2-metadata-token: wrong'") == 401
    for ttl, expected in (("0", 400), ("21601", 400), ("x", 400), ("21600", 200)):
        options = f"-X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: {ttl}'"
        assert status(instance, "latest/api/token", options) == expected
    forwarded = "-X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' -H 'X-Forwarded-For: 10.0.0.1'"
    assert status(instance, "latest/api/token", forwarded) == 403


def test_user_data_and_public_key_are_those_of_the_launch(instance: Instance) -> None:
    assert get(instance, "user-data").startswith("#cloud-config\nssh_keys:")
    assert get(instance, "meta-data/public-keys/0/openssh-key").startswith("ssh-ed25519 ")


def test_there_is_no_spot_notice_unless_one_is_given(instance: Instance) -> None:
    assert status(instance, "latest/meta-data/spot/instance-action", f'-H "X-aws-ec2-metadata-token: {TOKEN}"') == 404


def test_role_credentials_work_against_the_endpoint(running: Running, instance: Instance) -> None:
    info = json.loads(get(instance, "meta-data/iam/info"))
    assert info["InstanceProfileArn"].endswith(":instance-profile/shared")
    assert get(instance, "meta-data/iam/security-credentials/") == "shared"

    found = json.loads(get(instance, "meta-data/iam/security-credentials/shared"))
    session: Any = boto3.session.Session()
    client = session.client(
        "sts",
        endpoint_url=running.facts["endpoint_url"],
        region_name="us-east-1",
        aws_access_key_id=found["AccessKeyId"],
        aws_secret_access_key=found["SecretAccessKey"],
        aws_session_token=found["Token"],
    )
    assert client.get_caller_identity()["Arn"].endswith(f":assumed-role/shared/{instance.id}")


def test_instance_cannot_order_faults(running: Running, instance: Instance) -> None:
    url = f"{running.facts['endpoint_url']}/_sandbox/faults"
    assert instance.says(f"curl -s -o /dev/null -w '%{{http_code}}' -X PUT -d '[]' {url}") == "403"


def test_tags_follow_the_instance(running: Running, instance: Instance) -> None:
    ec2 = running.client("ec2")
    ec2.create_tags(Resources=[instance.id], Tags=[{"Key": "shape", "Value": "round"}])
    try:
        assert get(instance, "meta-data/tags/instance/shape") == "round"
    finally:
        ec2.delete_tags(Resources=[instance.id], Tags=[{"Key": "shape"}])
