"""Only known keys, rightly signed, are let in."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config

from tests.support.wire_endpoint import Endpoint, refused


def test_own_key_is_the_sandboxes_user(endpoint: Endpoint) -> None:
    identity = endpoint.client("sts").get_caller_identity()
    assert identity["Account"] == endpoint.settings.account_id
    assert identity["Arn"] == f"arn:aws:iam::{endpoint.settings.account_id}:user/sandbox"


@pytest.mark.parametrize(
    ("service", "action", "code"),
    [
        ("ec2", "describe_instances", "AuthFailure"),
        ("s3", "list_buckets", "InvalidAccessKeyId"),
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("iam", "list_roles", "InvalidClientTokenId"),
        ("ssm", "describe_parameters", "UnrecognizedClientException"),
    ],
)
def test_unknown_key_is_refused_as_each_service_refuses_it(
    endpoint: Endpoint, service: str, action: str, code: str
) -> None:
    refused(code, getattr(endpoint.client(service, aws_access_key_id="AKIA0000000000000000"), action))


@pytest.mark.parametrize(
    ("service", "action", "code"),
    [
        ("ec2", "describe_instances", "AuthFailure"),
        ("s3", "list_buckets", "SignatureDoesNotMatch"),
        ("sts", "get_caller_identity", "SignatureDoesNotMatch"),
        ("ssm", "describe_parameters", "InvalidSignatureException"),
    ],
)
def test_wrong_secret_is_refused(endpoint: Endpoint, service: str, action: str, code: str) -> None:
    refused(code, getattr(endpoint.client(service, aws_secret_access_key="wrong"), action))


def test_a_region_that_there_is_not_is_refused(endpoint: Endpoint) -> None:
    client = endpoint.client("ec2", region_name="us-esat-1")
    assert refused("AuthFailure", client.describe_instances).endswith("valid region, not 'us-esat-1'.")


def test_unsigned_requests_are_refused(endpoint: Endpoint) -> None:
    refused("AccessDenied", endpoint.client("s3", config=Config(signature_version=UNSIGNED)).list_buckets)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(endpoint.url + "/?Action=DescribeInstances&Version=2016-11-15", timeout=10)
    assert caught.value.code in {400, 403}


def test_keys_made_by_iam_work_until_deleted(endpoint: Endpoint, iam: Any, name: str) -> None:
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    theirs = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    arn = endpoint.client("sts", **theirs).get_caller_identity()["Arn"]
    assert arn == f"arn:aws:iam::{endpoint.settings.account_id}:user/{name}"
    iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    refused("InvalidClientTokenId", endpoint.client("sts", **theirs).get_caller_identity)


def test_temporary_keys_need_their_token(endpoint: Endpoint, iam: Any, name: str) -> None:
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    made = endpoint.client("sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
    theirs = {"aws_access_key_id": made["AccessKeyId"], "aws_secret_access_key": made["SecretAccessKey"]}
    whole = endpoint.client("sts", **theirs, aws_session_token=made["SessionToken"])
    assert f"assumed-role/{name}/session" in whole.get_caller_identity()["Arn"]
    refused("InvalidClientTokenId", endpoint.client("sts", **theirs).get_caller_identity)
    endpoint.ask("PUT", f"/_sandbox/keys/{made['AccessKeyId']}/end")
    refused("ExpiredToken", whole.get_caller_identity)


def test_role_credentials_of_an_instance(
    endpoint: Endpoint, iam: Any, launch: Callable[..., dict[str, Any]], name: str
) -> None:
    iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    instance = launch(IamInstanceProfile={"Name": name})["InstanceId"]
    path = f"/_sandbox/instance/{instance}/credentials"
    assert endpoint.ask("GET", path, token=endpoint.settings.instance_token("i-another"))[0] == 403
    status, made = endpoint.ask("GET", path, token=endpoint.settings.instance_token(instance))
    assert (status, made["Role"], made["Code"]) == (200, name, "Success")
    sts = endpoint.client(
        "sts",
        aws_access_key_id=made["AccessKeyId"],
        aws_secret_access_key=made["SecretAccessKey"],
        aws_session_token=made["Token"],
    )
    assert sts.get_caller_identity()["Arn"].endswith(f"assumed-role/{name}/{instance}")
