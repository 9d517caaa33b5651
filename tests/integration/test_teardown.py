"""Setting an account up and tearing it down leaves it as it was, against a sandbox of the test run's own."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest

from benchmarks.pages import policy_page
from tests.integration.conftest import Result, inv
from tests.support import documented_policies
from tests.support.aws_clients import client
from tests.support.documented_policies import User

REGIONS = ("us-east-1", "eu-west-1")
RANGE = "203.0.113.7/32"


@dataclass(frozen=True)
class Torn:
    """An account in a sandbox of its own, and the tool's commands on it by users with just the documented policies."""

    facts: dict[str, Any]
    runs: Path
    creator: User
    remover: User

    def client(self, service: str, region: str | None = None) -> Any:
        return client(self.facts, service, region)

    def bucket(self, region: str = REGIONS[0]) -> str:
        return f"benchmarks-{self.facts['account_id']}-{region}"

    def command(self, user: User, name: str, *options: str) -> Result:
        left = {name: value for name, value in os.environ.items() if name not in self.facts["unset"]}
        environment = {**left, **self.facts["environment"], **user.variables}
        return inv(f"bench.{name}", "--runs-dir", str(self.runs), *options, environment=environment, apart=True)

    def setup(self, *options: str) -> None:
        done = self.command(self.creator, "setup", "--yes", "--allow-from", RANGE, *options)
        assert done.code == 0, done.output

    def teardown(self, *options: str, code: int = 0) -> str:
        """Tear down, with this exit code; what was said, without line breaks."""
        done = self.command(self.remover, "teardown", *options)
        assert done.code == code, done.output
        return " ".join(done.output.split())

    def inventory(self) -> dict[str, Any]:
        """All that setup might make or change, as AWS itself shows it."""
        return {
            **{f"EC2 in {region}": _of_ec2(self.client("ec2", region)) for region in REGIONS},
            "IAM": _of_iam(self.client("iam")),
            "S3": _of_s3(self.client("s3")),
        }


def _of_ec2(ec2: Any) -> list[Any]:
    def without(shape: dict[str, Any], *names: str) -> dict[str, Any]:
        return {name: value for name, value in shape.items() if name not in names}

    groups = [without(group) for group in ec2.describe_security_groups()["SecurityGroups"]]
    rules = ec2.describe_security_group_rules()["SecurityGroupRules"]
    templates = ec2.describe_launch_templates()["LaunchTemplates"]
    versions = [
        ec2.describe_launch_template_versions(LaunchTemplateId=one["LaunchTemplateId"])["LaunchTemplateVersions"]
        for one in templates
    ]
    return [groups, sorted(rules, key=lambda rule: str(rule["SecurityGroupRuleId"])), templates, versions]


def _of_iam(iam: Any) -> list[Any]:
    roles = [one["RoleName"] for one in iam.list_roles()["Roles"]]
    profiles = [one["InstanceProfileName"] for one in iam.list_instance_profiles()["InstanceProfiles"]]
    held = [iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"] for name in profiles]
    return [
        *(_of_role(iam, name) for name in roles),
        *([one["InstanceProfileName"], one.get("Tags"), [r["RoleName"] for r in one["Roles"]]] for one in held),
    ]


def _of_role(iam: Any, name: str) -> list[Any]:
    role = iam.get_role(RoleName=name)["Role"]
    inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
    return [
        *(name, role["AssumeRolePolicyDocument"], role.get("Tags")),
        [[one, iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"]] for one in sorted(inline)],
        iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"],
    ]


def _of_s3(s3: Any) -> list[Any]:
    def read(what: str, bucket: str) -> Any:
        try:
            answer = getattr(s3, f"get_{what}")(Bucket=bucket)
        except botocore.exceptions.ClientError as error:
            return error.response["Error"]["Code"]
        if what == "bucket_policy":
            return json.loads(answer["Policy"])
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    settings = (
        *("bucket_policy", "bucket_lifecycle_configuration", "public_access_block", "bucket_ownership_controls"),
        *("bucket_encryption", "bucket_tagging", "bucket_versioning"),
    )
    names = [one["Name"] for one in s3.list_buckets()["Buckets"]]
    return [
        [
            name,
            [read(what, name) for what in settings],
            [one["Key"] for one in s3.list_objects_v2(Bucket=name).get("Contents", [])],
        ]
        for name in names
    ]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Torn]:
    """An account that each test leaves as it was."""
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path_factory.mktemp("state"))}
    name = f"teardown-{uuid.uuid4().hex[:8]}"
    try:
        up = inv("sandbox.up", "--name", name, environment=environment)
        assert up.code == 0, up.output
        facts = inv("sandbox.env", "--name", name, "--format", "json", environment=environment)
        known = json.loads(facts.output)
        creator = documented_policies.new_user(known, policy_page.SETUP, policy_page.RUN)
        remover = documented_policies.new_user(known, policy_page.TEARDOWN)
        yield Torn(known, tmp_path_factory.mktemp("runs"), creator, remover)
        # Those of setup are checked where it is tested.
        documented_policies.check(known, [remover])
    finally:
        inv("sandbox.down", "--name", name, environment=environment)


def test_account_is_as_before_once_nothing_runs_any_more(account: Torn) -> None:
    before = account.inventory()
    account.setup()
    set_up = account.inventory()
    assert set_up != before

    ec2 = account.client("ec2")
    image = ec2.describe_images(Filters=[{"Name": "name", "Values": ["debian-13-amd64-*"]}])["Images"][0]["ImageId"]
    tags = [{"Key": "benchmarks:run", "Value": "r1"}, {"Key": "benchmarks:owner", "Value": "bob"}]
    instance = ec2.run_instances(
        LaunchTemplate={"LaunchTemplateName": "benchmarks"},
        ImageId=image,
        InstanceType="c7i.large",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
    )["Instances"][0]["InstanceId"]
    said = account.teardown("--yes", code=2)
    assert f"Nothing was removed, since this is still in use in us-east-1: {instance} of the run r1 by bob (" in said
    assert "./inv bench.terminate --run-id r1 --region us-east-1 ends it)." in said
    assert account.inventory() == set_up

    ec2.terminate_instances(InstanceIds=[instance])
    said = account.teardown("--yes")
    assert "Everything listed to be removed is gone." in said
    assert account.inventory() == before
    assert "Nothing that setup made is here to be removed." in account.teardown("--yes")


def test_results_and_what_another_region_uses_stay_until_they_are_asked_for(account: Torn) -> None:
    here, there = REGIONS
    before = account.inventory()
    account.setup()
    iam, s3 = account.client("iam"), account.client("s3")
    # As setup in the other region adds it.
    other = {"RoleName": "benchmarks", "PolicyName": f"write-to-{account.bucket(there)}"}
    document = iam.get_role_policy(RoleName="benchmarks", PolicyName=f"write-to-{account.bucket()}")["PolicyDocument"]
    iam.put_role_policy(**other, PolicyDocument=json.dumps(document))
    s3.put_bucket_versioning(Bucket=account.bucket(), VersioningConfiguration={"Status": "Enabled"})
    for content in (b"first", b"second"):
        s3.put_object(Bucket=account.bucket(), Key="results/plonky2/log", Body=content)
    s3.create_multipart_upload(Bucket=account.bucket(), Key="results/plonky2/archive")
    bucket = next(one for one in _of_s3(s3) if one[0] == account.bucket())

    said = account.teardown("--yes")
    held = "1 object and 1 older version and 1 incomplete upload (11 B)"
    assert f"leave S3 bucket {account.bucket()}: it holds {held} (--delete-results {account.bucket()} deletes" in said
    assert f"leave IAM role benchmarks: runs in {there} use it" in said
    after = account.inventory()
    assert bucket in after["S3"]
    assert after[f"EC2 in {here}"] == before[f"EC2 in {here}"]
    assert iam.list_role_policies(RoleName="benchmarks")["PolicyNames"] == [other["PolicyName"]]

    iam.delete_role_policy(**other)
    account.teardown("--yes", "--delete-results", account.bucket())
    assert account.inventory() == before


def test_what_was_there_before_is_as_it_was_and_named(account: Torn) -> None:
    ec2, iam, s3 = account.client("ec2"), account.client("iam"), account.client("s3")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    group = ec2.create_security_group(GroupName="benchmarks", Description="mine", VpcId=vpc)["GroupId"]
    office = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "198.51.100.1/32"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[office])
    ec2.create_launch_template(LaunchTemplateName="benchmarks", LaunchTemplateData={"InstanceType": "c7i.large"})
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName="benchmarks", AssumeRolePolicyDocument=document, Tags=[{"Key": "team", "Value": "crypto"}])
    s3.create_bucket(Bucket=account.bucket())
    expire = {"ID": "mine", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 9}}
    s3.put_bucket_lifecycle_configuration(Bucket=account.bucket(), LifecycleConfiguration={"Rules": [expire]})
    mine = {
        "Sid": "Mine",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:DeleteObject",
        "Resource": f"arn:aws:s3:::{account.bucket()}/old/*",
    }
    policy = {"Version": "2012-10-17", "Statement": [mine]}
    s3.put_bucket_policy(Bucket=account.bucket(), Policy=json.dumps(policy))
    before = account.inventory()
    account.setup()
    _, added = json.loads(s3.get_bucket_policy(Bucket=account.bucket())["Policy"])["Statement"]

    # By a subnet, as of another VPC.
    subnet = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"][0]["SubnetId"]
    said = account.teardown("--yes", "--subnet", subnet)

    assert f"remove statement {added['Sid']} in the policy of the S3 bucket {account.bucket()}" in said
    assert f"remove rules for SSH of the security group benchmarks in {vpc}: {RANGE}" in said
    for what in ("launch template", f"security group benchmarks in {vpc}", "IAM role", f"S3 bucket {account.bucket()}"):
        assert f"leave {what}{' benchmarks' if what in ('launch template', 'IAM role') else ''}: setup did not" in said
    assert account.inventory() == before
