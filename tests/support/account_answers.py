"""An account that has all that runs need, and clients that answer as it would."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from benchmarks.account import bucket, bucket_policy, role
from benchmarks.account.bucket import Bucket
from benchmarks.account.role import Role
from benchmarks.account.survey import Existing
from benchmarks.account.target import Target
from benchmarks.aws.launch_templates import Template
from tests.support.aws_fakes import Paginator

TARGET = Target(
    account="123456789012",
    partition="aws",
    region="eu-central-1",
    owner="alice",
    vpc="vpc-1",
    allow_from="203.0.113.7/32",
    bucket="benchmarks-123456789012-eu-central-1",
    launch_template="benchmarks",
    rule_description="SSH for alice (benchmarks)",
    replaces_own=True,
)


def rule(*cidrs: str, protocol: str = "tcp", ports: tuple[int, int] = (22, 22)) -> dict[str, Any]:
    return {
        "IpProtocol": protocol,
        **({"FromPort": ports[0], "ToPort": ports[1]} if protocol != "-1" else {}),
        "IpRanges": [{"CidrIp": cidr} for cidr in cidrs if ":" not in cidr],
        "Ipv6Ranges": [{"CidrIpv6": cidr} for cidr in cidrs if ":" in cidr],
    }


def group(*rules: Mapping[str, Any]) -> dict[str, Any]:
    return {"GroupId": "sg-1", "Description": "SSH", "IpPermissions": list(rules)}


def template(**data: Any) -> Template:
    given = {"SecurityGroupIds": ["sg-1"], "IamInstanceProfile": {"Arn": TARGET.instance_profile_arn}, **data}
    return Template("lt-1", "benchmarks", "1", given)


ROLE = Role(
    role={"AssumeRolePolicyDocument": role.TRUST},
    policy=role.policy(TARGET.partition, TARGET.bucket),
    instance_profile={"Roles": [{"RoleName": "benchmarks"}]},
)
ONLY_ADD = bucket_policy.only_add(TARGET.partition, TARGET.bucket, "arn:aws:iam::123456789012:role/benchmarks")
BUCKET = Bucket(
    TARGET.bucket,
    "eu-central-1",
    blocks_public_access=True,
    disables_acls=True,
    lifecycle=[bucket.UPLOAD_RULE],
    policy={"Version": "2012-10-17", "Statement": [ONLY_ADD]},
)
COMPLETE = Existing(
    security_group=group(rule("203.0.113.7/32")),
    role=ROLE,
    bucket=BUCKET,
    launch_template=template(),
)


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "said so"}}, "Call")


class Api:
    """Answers each call with what it was given for its name: a value, or an error to raise."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name == "get_paginator":
            return lambda operation: Paginator(getattr(self, operation))

        def call(**_parameters: Any) -> Any:
            given = self._answers[name]
            if isinstance(given, Exception):
                raise given
            return given

        return call


def connector(**answers: Any) -> Callable[..., Any]:
    common = {
        "get_caller_identity": {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/team/alice"},
        "describe_vpcs": {"Vpcs": [{"VpcId": "vpc-1"}]},
        "describe_security_groups": {"SecurityGroups": []},
        "get_role": error("NoSuchEntity"),
        "get_role_policy": error("NoSuchEntity"),
        "get_instance_profile": error("NoSuchEntity"),
        "head_bucket": error("404"),
        "describe_launch_templates": error("InvalidLaunchTemplateName.NotFoundException"),
    }
    api = Api(**(common | answers))
    return lambda service, region=None: api


def complete(**answers: Any) -> Callable[..., Any]:
    """An account that has everything."""
    common = {
        "describe_security_groups": {"SecurityGroups": [COMPLETE.security_group]},
        "get_role": {"Role": ROLE.role},
        "get_role_policy": {"PolicyDocument": ROLE.policy},
        "list_role_policies": {"PolicyNames": [role.policy_name(TARGET.bucket)]},
        "list_attached_role_policies": {"AttachedPolicies": []},
        "get_instance_profile": {"InstanceProfile": ROLE.instance_profile},
        "head_bucket": {"BucketRegion": "eu-central-1"},
        "get_public_access_block": error("AccessDenied"),
        "get_bucket_ownership_controls": error("AccessDenied"),
        "get_bucket_lifecycle_configuration": {"Rules": [bucket.UPLOAD_RULE]},
        "get_bucket_policy": {"Policy": json.dumps(BUCKET.policy)},
        "describe_launch_templates": {"LaunchTemplates": [{}]},
        "describe_launch_template_versions": {
            "LaunchTemplateVersions": [
                {
                    "LaunchTemplateId": "lt-1",
                    "LaunchTemplateName": "benchmarks",
                    "VersionNumber": 1,
                    "LaunchTemplateData": template().data,
                }
            ]
        },
    }
    return connector(**(common | answers))
