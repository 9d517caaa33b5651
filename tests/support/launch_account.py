"""An account in which a launch can be planned, but for what a test changes."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.parameters import spec
from benchmarks.preflight import run_plan
from benchmarks.runs.records import Price, Values
from tests.support.aws_fakes import FakeClient, aws_error

STARTED = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
PRICE = Price(usd_per_hour=0.357, source="AWS Price List, on demand", date="2026-05-19")
IDENTITY = {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/team/alice"}
ZONES = ["eu-central-1a", "eu-central-1b"]
OFFERED = ["c7i.2xlarge", "c7i.large", "c7g.large", "m7i.large", "t2.micro"]


def type_info(name: str = "c7i.2xlarge", **more: Any) -> dict[str, Any]:
    cpu = {"DefaultVCpus": 8, "DefaultCores": 4, "DefaultThreadsPerCore": 2}
    return {
        "InstanceType": name,
        "VCpuInfo": {**cpu, "ValidCores": [1, 2, 4], "ValidThreadsPerCore": [1, 2]},
        "MemoryInfo": {"SizeInMiB": 16384},
        "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]},
        "BurstablePerformanceSupported": False,
        **more,
    }


def image(id: str = "ami-debian", architecture: str = "x86_64") -> dict[str, Any]:
    return {
        "ImageId": id,
        "Name": "debian-13",
        "Architecture": architecture,
        "RootDeviceName": "/dev/xvda",
        "CreationDate": "2026-05-01",
    }


def template(**data: Any) -> dict[str, Any]:
    found = {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "benchmarks", "VersionNumber": 1}
    return {"LaunchTemplateVersions": [{**found, "LaunchTemplateData": {"IamInstanceProfile": PROFILE, **data}}]}


def subnet(zone: str, **more: Any) -> dict[str, Any]:
    found = {"SubnetId": f"subnet-{zone[-1]}", "AvailabilityZone": zone, "VpcId": "vpc-1"}
    return {**found, "MapPublicIpOnLaunch": True, "AvailableIpAddressCount": 250, **more}


def subnets(*zones: str) -> dict[str, Any]:
    return {"Subnets": [subnet(zone) for zone in zones]}


def offerings(LocationType: str, Filters: Any = None) -> dict[str, Any]:  # noqa: N803
    if LocationType == "region":
        return {"InstanceTypeOfferings": [{"InstanceType": name} for name in OFFERED]}
    return {"InstanceTypeOfferings": [{"Location": zone} for zone in reversed(ZONES)]}


PROFILE = {"Name": "benchmarks"}


class Account:
    """An account in which all is well, but for what a test changes."""

    def __init__(self, ec2: dict[str, Any], other: dict[str, Any]) -> None:
        self.ec2 = FakeClient(
            **{
                "describe_instance_types": {"InstanceTypes": [type_info()]},
                "describe_instance_type_offerings": offerings,
                "describe_launch_template_versions": template(),
                "describe_images": {"Images": [image()]},
                "describe_subnets": subnets(*ZONES),
                "describe_instances": {"Reservations": []},
                "run_instances": aws_error("DryRunOperation", "Request would have succeeded"),
                **ec2,
            }
        )
        self.ec2.meta = SimpleNamespace(
            endpoint_url=other.get("endpoint", "https://ec2.eu-central-1.amazonaws.com"),
            events=SimpleNamespace(register_first=lambda *_arguments, **_more: None),
            service_model=SimpleNamespace(service_id=SimpleNamespace(hyphenize=lambda: "ec2")),
        )
        s3_endpoint = other.get("s3_endpoint")
        s3_meta = SimpleNamespace(
            endpoint_url=s3_endpoint or "https://s3.eu-central-1.amazonaws.com",
            config=SimpleNamespace(s3={"addressing_style": "path" if s3_endpoint else "virtual"}),
        )
        self.clients = {
            "ec2": self.ec2,
            "sts": FakeClient(get_caller_identity=other.get("identity", IDENTITY)),
            "s3": FakeClient(
                head_bucket=other.get(
                    "bucket", {"ResponseMetadata": {"HTTPHeaders": {"x-amz-bucket-region": "eu-central-1"}}}
                ),
                get_bucket_policy_status=other.get("policy_status", aws_error("NoSuchBucketPolicy")),
                get_bucket_policy=other.get("policy", aws_error("AccessDenied")),
                get_public_access_block=other.get("block", aws_error("NoSuchPublicAccessBlockConfiguration")),
                list_objects_v2=other.get("objects", {}),
            ),
            "service-quotas": FakeClient(
                get_service_quota=other.get("quota", {"Quota": {"Value": 32.0}}),
                get_aws_default_service_quota=other.get("default_quota", {"Quota": {"Value": 5.0}}),
            ),
        }

        self.clients["s3"].meta = s3_meta

    def __call__(self, service: str, region: str | None = None) -> FakeClient:
        return self.clients[service]


def account(other: dict[str, Any] | None = None, **ec2: Any) -> Account:
    return Account(ec2, other or {})


def parameters(**given: Any) -> Values:
    usual = {"instance_type": "c7i.2xlarge", "region": "eu-central-1"}
    return spec.with_defaults("benchmark", {**usual, **given})


def refusal(connect: Account, **given: Any) -> str:
    with pytest.raises(RefusedError) as refused:
        run_plan.make(parameters(**given), connect, STARTED)
    assert not [call for call in connect.ec2.called("run_instances") if not call.get("DryRun")]
    return str(refused.value)
