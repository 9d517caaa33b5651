"""What teardown finds in an account that setup has set up, and clients that answer as it would."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from benchmarks.account import bucket, role
from benchmarks.account.remains import FoundBucket, FoundRole, Remains
from benchmarks.account.teardown_place import Place
from tests.support.aws_fakes import FakeClient, aws_error

ACCOUNT = "123456789012"
BUCKET = f"benchmarks-{ACCOUNT}-eu-central-1"
POLICY = role.policy_name(BUCKET)
PLACE = Place(ACCOUNT, "eu-central-1", "vpc-1", BUCKET, "benchmarks")
TAGS = [{"Key": "benchmarks:owner", "Value": "alice"}, {"Key": "benchmarks:version", "Value": "0.1.0"}]
TAGGED = {"Tags": TAGS}
TEMPLATE = {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "benchmarks", **TAGGED}
VERSION = {"VersionNumber": 1, "VersionDescription": "Made by benchmarks"}
PROFILE = {"Roles": [{"RoleName": "benchmarks"}], **TAGGED}
ROLE = FoundRole(TAGGED, policies=(POLICY,), profiles=("benchmarks",))
MISSING = "InvalidLaunchTemplateName.NotFoundException"


def ssh(*cidrs: str, description: str | None = "SSH for alice (benchmarks)") -> dict[str, Any]:
    said = {"Description": description} if description else {}
    return {
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
        "IpRanges": [{"CidrIp": cidr, **said} for cidr in cidrs if ":" not in cidr],
        "Ipv6Ranges": [{"CidrIpv6": cidr, **said} for cidr in cidrs if ":" in cidr],
    }


def group(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"GroupId": "sg-1", "VpcId": "vpc-1", "IpPermissions": list(rules), **TAGGED, **more}


SET_UP = Remains(
    group=group(ssh("203.0.113.7/32")),
    template=TEMPLATE,
    versions=[VERSION],
    role=ROLE,
    profile=PROFILE,
    bucket=FoundBucket(TAGGED, lifecycle=[bucket.UPLOAD_RULE], policy={"Statement": []}),
)


def instance(id: str = "i-1", state: str = "running", **more: Any) -> dict[str, Any]:
    return {"InstanceId": id, "State": {"Name": state}, **more}


def reservations(*found: dict[str, Any]) -> dict[str, Any]:
    return {"Reservations": [{"Instances": list(found)}]}


class Pages:
    """Paginators of clients: under an operation's name the pages of each listing, those of the last again and again."""

    def __init__(self, **listings: list[list[Any]]) -> None:
        self._listings = listings

    def __call__(self, operation: str) -> SimpleNamespace:
        def paginate(**_arguments: Any) -> Iterator[Any]:
            listings = self._listings[operation]
            yield from listings.pop(0) if len(listings) > 1 else listings[0]

        return SimpleNamespace(paginate=paginate)


def answers(**changes: Any) -> dict[str, Any]:
    """What the account's services answer, but for `changes`."""
    return {
        "get_caller_identity": {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/alice"},
        "describe_vpcs": {"Vpcs": [{"VpcId": "vpc-1"}]},
        "describe_subnets": {"Subnets": [{"SubnetId": "subnet-2", "VpcId": "vpc-2"}]},
        "describe_security_groups": lambda Filters=(), **_: {  # noqa: N803
            "SecurityGroups": [SET_UP.group] if not Filters or Filters[0]["Name"] == "group-name" else []
        },
        "describe_launch_templates": {"LaunchTemplates": [TEMPLATE]},
        "describe_launch_template_versions": {"LaunchTemplateVersions": [VERSION]},
        "describe_instances": {"Reservations": []},
        "describe_network_interfaces": {"NetworkInterfaces": []},
        "get_role": {"Role": TAGGED},
        "list_role_policies": {"PolicyNames": [POLICY]},
        "list_attached_role_policies": {"AttachedPolicies": []},
        "list_instance_profiles_for_role": {"InstanceProfiles": [{"InstanceProfileName": "benchmarks"}]},
        "get_instance_profile": {"InstanceProfile": PROFILE},
        "head_bucket": {"BucketRegion": "eu-central-1"},
        "get_public_access_block": aws_error("AccessDenied"),
        "get_bucket_ownership_controls": aws_error("AccessDenied"),
        "get_bucket_lifecycle_configuration": {"Rules": [bucket.UPLOAD_RULE]},
        "get_bucket_tagging": {"TagSet": TAGS},
        "get_bucket_policy": {"Policy": json.dumps({"Statement": []})},
        "list_object_versions": {},
        "list_multipart_uploads": {},
        **changes,
    }


def connector(client: FakeClient) -> Callable[..., FakeClient]:
    """One client for all services."""
    return lambda service, region=None: client


def account(**changes: Any) -> FakeClient:
    return FakeClient(**answers(**changes))


def emptied(**changes: Any) -> FakeClient:
    """The account without any of it."""
    gone = {
        "describe_security_groups": {"SecurityGroups": []},
        "describe_launch_templates": lambda **given: (
            {"LaunchTemplates": []} if "Filters" in given else _raise(aws_error(MISSING))
        ),
        "get_role": aws_error("NoSuchEntity"),
        "get_instance_profile": aws_error("NoSuchEntity"),
        "head_bucket": aws_error("404"),
    }
    return account(**gone, **changes)


def _raise(error: Exception) -> Any:
    raise error
