"""Calls are listed with their outcome, without secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.wire_endpoint import Endpoint, debian, refused


def test_calls_are_listed_with_their_outcome_and_without_secrets(
    start_endpoint: Callable[..., Endpoint], tmp_path: Any
) -> None:
    endpoint = start_endpoint(requests_log=tmp_path / "requests.jsonl")
    ec2 = endpoint.client("ec2")
    arguments = {"InstanceType": "c5.large", "MinCount": 1, "MaxCount": 1, "UserData": "very secret"}
    refused("InvalidAMIID.NotFound", ec2.run_instances, ImageId="ami-00000000000000000", **arguments)
    ec2.run_instances(ImageId=debian(ec2), **arguments)
    _, seen = endpoint.ask("GET", "/_sandbox/requests")
    runs = [one for one in seen if one["action"] == "RunInstances"]
    assert [(one["service"], one["status"], one["error"]) for one in runs] == [
        ("ec2", 400, "InvalidAMIID.NotFound"),
        ("ec2", 200, None),
    ]
    assert {one["permission"] for one in runs} == {"ec2:RunInstances"}
    assert runs[0]["parameters"]["InstanceType"] == "c5.large"
    log = (tmp_path / "requests.jsonl").read_text()
    assert len(log.splitlines()) == len(seen)
    assert "very secret" not in log and "dmVyeSBzZWNyZXQ" not in log
    endpoint.ask("DELETE", "/_sandbox/requests")
    assert endpoint.ask("GET", "/_sandbox/requests")[1] == []


def test_calls_carry_the_permission_that_they_need(endpoint: Endpoint) -> None:
    endpoint.ask("DELETE", "/_sandbox/requests")
    refused("404", endpoint.client("s3").head_bucket, Bucket="none")
    endpoint.client("iam").list_roles()
    endpoint.client("sts").get_caller_identity()
    _, seen = endpoint.ask("GET", "/_sandbox/requests")
    assert [one["permission"] for one in seen] == ["s3:ListBucket", "iam:ListRoles", None]


def test_denials_by_policies_are_told_from_those_ordered_as_faults(faulty: Endpoint, name: str) -> None:
    iam = faulty.client("iam")
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    theirs = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    refused("UnauthorizedOperation", faulty.client("ec2", **theirs).describe_vpcs)
    faulty.faults({"action": "DescribeVpcs", "error": "UnauthorizedOperation"})
    refused("UnauthorizedOperation", faulty.client("ec2").describe_vpcs)
    _, seen = faulty.ask("GET", "/_sandbox/requests")
    assert [one["denied"] for one in seen if one["service"] == "ec2"] == [True, False]
