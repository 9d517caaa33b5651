"""Setting up an account: the playbook as users run it, against a sandbox of the test run's own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

from benchmarks.aws import session
from benchmarks.pages import policy_page
from benchmarks.results import link, publishing
from benchmarks.runs.records import Destination
from tests.support import documented_policies, result_bucket
from tests.support.aws_clients import client
from tests.support.documented_policies import User
from tests.support.wire_endpoint import fetch

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
RANGE = "203.0.113.7/32"
CLOSED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


@dataclass(frozen=True)
class Result:
    """How a playbook ended, and what it said."""

    code: int
    output: str

    @property
    def changed(self) -> int:
        counted = re.search(r"changed=(\d+)", self.output)
        assert counted, self.output
        return int(counted[1])

    @property
    def said(self) -> str:
        """The output with the line breaks of YAML folding taken out."""
        return " ".join(self.output.split())


@dataclass(frozen=True)
class Account:
    """An AWS account in a sandbox of its own, and who sets it up, with the policy in the documentation."""

    facts: dict[str, Any]
    administrator: User
    runs: Path

    def client(self, service: str) -> Any:
        return client(self.facts, service)

    def client_of_role(self) -> Any:
        """A client of S3 with the role of instances, as one that is launched has it."""
        role = self.client("iam").get_role(RoleName="benchmarks")["Role"]["Arn"]
        made = self.client("sts").assume_role(RoleArn=role, RoleSessionName="i-1")["Credentials"]
        keys = {"access_key_id": made["AccessKeyId"], "secret_access_key": made["SecretAccessKey"]}
        return client({**self.facts, **keys}, "s3", token=made["SessionToken"])

    @property
    def bucket(self) -> str:
        return f"benchmarks-{self.facts['account_id']}-{self.facts['region']}"

    def setup(self, *options: str, environment: dict[str, str] | None = None, **parameters: Any) -> Result:
        """Run playbooks/setup.yml. A parameter of None is not given; the range is, unless it is None."""
        values = {"runs_dir": str(self.runs), "allow_from": RANGE, **parameters}
        given = {name: value for name, value in values.items() if value is not None}
        left = {name: value for name, value in os.environ.items() if name not in self.facts["unset"]}
        done = subprocess.run(
            [BIN / "ansible-playbook", "playbooks/setup.yml", "-e", json.dumps(given), *options],
            cwd=ROOT,
            env={
                **left,
                **self.facts["environment"],
                **self.administrator.variables,
                "ANSIBLE_NOCOLOR": "1",
                **(environment or {}),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Result(done.returncode, done.stdout + done.stderr)

    def ask(self, method: str, path: str) -> Any:
        """Ask the sandbox itself."""
        request = urllib.request.Request(
            f"{self.facts['endpoint_url']}/_sandbox/{path}",
            headers={"X-Sandbox-Token": self.facts["admin_token"]},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def things(self) -> list[str]:
        """Everything that setup might have made, as AWS itself lists it."""
        ec2, iam = self.client("ec2"), self.client("iam")
        return [
            *(g["GroupId"] for g in ec2.describe_security_groups()["SecurityGroups"] if g["GroupName"] != "default"),
            *(t["LaunchTemplateName"] for t in ec2.describe_launch_templates()["LaunchTemplates"]),
            *(role["RoleName"] for role in iam.list_roles()["Roles"]),
            *(profile["InstanceProfileName"] for profile in iam.list_instance_profiles()["InstanceProfiles"]),
            *(bucket["Name"] for bucket in self.client("s3").list_buckets()["Buckets"]),
        ]

    def default_vpc(self) -> str:
        vpcs = self.client("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
        return str(vpcs[0]["VpcId"])

    def security_group(self) -> dict[str, Any]:
        filters = [{"Name": "group-name", "Values": ["benchmarks"]}]
        (group,) = self.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
        return dict(group)


@pytest.fixture(scope="module")
def new_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Account]]:
    """Starts sandboxes, and removes them in the end, whatever became of them."""
    state = {**os.environ, "XDG_STATE_HOME": str(tmp_path_factory.mktemp("state"))}
    names: list[str] = []
    accounts: list[Account] = []

    def sandbox(command: str, name: str, *options: str) -> str:
        invoke = [str(ROOT / "inv"), f"sandbox.{command}", "--name", name]
        done = subprocess.run([*invoke, *options], cwd=ROOT, env=state, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(*options: str) -> Account:
        names.append(f"setup-{uuid.uuid4().hex[:8]}")
        sandbox("up", names[-1], *options)
        facts = json.loads(sandbox("env", names[-1], "--format", "json"))
        accounts.append(
            # Setup also checks, by dry runs, whether whoever calls it may run.
            Account(
                facts,
                documented_policies.new_user(facts, policy_page.SETUP, policy_page.RUN),
                tmp_path_factory.mktemp("runs"),
            )
        )
        return accounts[-1]

    try:
        yield start
        for account in accounts:
            documented_policies.check(account.facts, [account.administrator])
    finally:
        for name in names:
            sandbox("down", name)


@pytest.fixture(scope="module")
def empty(new_account: Callable[..., Account]) -> Account:
    """An account in which nothing is created; each test leaves it as it was."""
    return new_account("--set", "regions_off=af-south-1")


@dataclass(frozen=True)
class Created:
    account: Account
    result: Result


@pytest.fixture(scope="module")
def created(new_account: Callable[..., Account]) -> Created:
    """An account that was set up, in a region where buckets need their place named."""
    account = new_account("--set", "region=eu-central-1")
    result = account.setup(yes=True, run_id="setup")
    return Created(account, result)


@pytest.fixture(scope="module")
def listed(empty: Account) -> Result:
    """What setup says of an empty account without being told to create anything."""
    return empty.setup()


def test_without_yes_what_is_missing_is_listed_and_nothing_is_created(empty: Account, listed: Result) -> None:
    # Ansible's own code for a playbook that says no; ./inv makes it 1.
    assert listed.code == 2, listed.output
    assert "missing security group benchmarks in vpc-" in listed.said
    assert f"missing its rule: SSH (TCP port 22) from {RANGE}" in listed.said
    assert f"missing S3 bucket {empty.bucket}, private" in listed.said
    assert "It costs nothing but what the bucket stores" in listed.said
    assert "Nothing was created." in listed.said
    assert "--yes (Ansible: -e yes=true)" in listed.said
    assert empty.things() == []


def test_without_yes_all_that_a_run_needs_is_checked(empty: Account, listed: Result) -> None:
    said = listed.said
    for checked in (
        "ok ansible: ansible-core 2.",
        "ok ssh: OpenSSH_",
        "ok credentials: permanent",
        f"ok user: {empty.administrator.name} (user) in the account {empty.facts['account_id']}",
        "ok region: us-east-1, enabled in your account",
        "ok reading: you may ask EC2 all that a run must know",
        "vCPUs of standard instances left (L-1216C47A)",
        "ok vpc: vpc-",
        f"ok address: SSH is to come from {RANGE}",
        "ok launch: EC2 would launch a c7i.large with a run's tags, without a launch template yet (dry run)",
        "- ending: not checked: ec2:TerminateInstances can only be asked about an instance",
    ):
        assert checked in said
    assert "failed " not in said.partition("What runs need")[2].partition("TASK")[0]


def test_check_mode_creates_nothing(empty: Account) -> None:
    result = empty.setup("--check", yes=True)
    assert result.code == 0, result.output
    assert empty.things() == []


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"allow_from": "0.0.0.0/0"}, "allow_from must not be 0.0.0.0/0: that opens SSH to the whole Internet."),
        ({"allow_from": "::/0"}, "allow_from must not be ::/0: that opens SSH to the whole Internet."),
        ({"allow_from": "here"}, "allow_from must be an address range such as 203.0.113.7/32, not 'here'."),
        ({"subnet": "subnet-0123"}, "There is no subnet subnet-0123 in us-east-1: check --subnet"),
        ({"alow_from": RANGE}, "Unknown parameter alow_from. Did you mean allow_from?"),
    ],
)
def test_bad_request_is_refused_in_one_sentence(empty: Account, parameters: dict[str, Any], sentence: str) -> None:
    result = empty.setup(yes=True, **parameters)
    assert result.code != 0
    assert sentence in result.said
    assert empty.things() == []


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"https_proxy": "http://127.0.0.1:9"}, "is asked through the proxy of HTTPS_PROXY and sees that one's: give"),
        # No certificate is trusted.
        (
            {"https_proxy": "", "HTTPS_PROXY": "", "SSL_CERT_FILE": "/dev/null", "SSL_CERT_DIR": "/dev/null"},
            "could not be obtained from https://checkip.amazonaws.com: give the address range",
        ),
    ],
)
def test_own_address_that_cannot_be_known_is_asked_of_the_user(
    empty: Account, environment: dict[str, str], sentence: str
) -> None:
    result = empty.setup(yes=True, allow_from=None, environment=environment)
    assert result.code != 0
    assert sentence in result.said
    assert empty.things() == []


def test_bucket_of_another_owner_is_refused_before_anything_is_created(empty: Account) -> None:
    bucket = f"benchmarks-{empty.facts['account_id']}-taken"  # a name that the policy is about
    empty.ask("PUT", f"foreign-buckets/{bucket}")
    result = empty.setup(yes=True, bucket=bucket)
    assert result.code != 0
    assert f"The bucket {bucket} belongs to another account" in result.said
    assert empty.things() == []


def test_region_that_is_not_enabled_is_told_in_one_sentence(empty: Account) -> None:
    result = empty.setup(environment={"AWS_REGION": "af-south-1", "AWS_DEFAULT_REGION": "af-south-1"})
    assert result.code != 0
    assert "The region af-south-1 is not enabled in your AWS account" in result.said


def test_missing_credentials_are_told_in_one_sentence(empty: Account, tmp_path: Path) -> None:
    nobody = {
        "AWS_ACCESS_KEY_ID": "",
        "AWS_SECRET_ACCESS_KEY": "",
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": str(tmp_path),
    }
    result = empty.setup(environment=nobody)
    assert result.code != 0
    assert "No AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in result.said


def test_creation_ends_with_everything_there(created: Created) -> None:
    assert created.result.code == 0, created.result.output
    assert "Created. Everything is there." in created.result.said
    assert "with a run's tags, from the launch template benchmarks (dry run)" in created.result.said


def test_a_ready_account_is_told_so_with_exit_code_0(created: Created) -> None:
    result = created.account.setup()
    assert result.code == 0, result.output
    assert result.changed == 0
    assert "Everything is there." in result.said


def test_security_group_admits_the_range_by_ssh_and_nobody_else(created: Created) -> None:
    group = created.account.security_group()
    assert group["VpcId"] == created.account.default_vpc()
    (rule,) = group["IpPermissions"]
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 22, 22)
    assert [allowed["CidrIp"] for allowed in rule["IpRanges"]] == [RANGE]
    assert not rule.get("Ipv6Ranges")
    assert not rule.get("UserIdGroupPairs")


def test_role_may_put_results_into_the_bucket_and_nothing_else(created: Created) -> None:
    iam = created.account.client("iam")
    trusted = iam.get_role(RoleName="benchmarks")["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert [statement["Principal"] for statement in trusted] == [{"Service": "ec2.amazonaws.com"}]
    name = f"write-to-{created.account.bucket}"
    policy = iam.get_role_policy(RoleName="benchmarks", PolicyName=name)["PolicyDocument"]
    resource = f"arn:aws:s3:::{created.account.bucket}/results/*"
    assert policy["Statement"] == [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": resource}]
    assert iam.list_attached_role_policies(RoleName="benchmarks")["AttachedPolicies"] == []
    profile = iam.get_instance_profile(InstanceProfileName="benchmarks")["InstanceProfile"]
    assert [role["RoleName"] for role in profile["Roles"]] == ["benchmarks"]


def test_bucket_is_private_encrypted_and_tidy(created: Created) -> None:
    s3 = created.account.client("s3")
    bucket = created.account.bucket
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] == "eu-central-1"
    assert set(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()) == {True}
    ownership = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert ownership == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    (encryption,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert (rule["Status"], rule["Filter"]) == ("Enabled", {"Prefix": ""})
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_bucket_denies_the_role_alone_to_replace_results(created: Created) -> None:
    policy = json.loads(created.account.client("s3").get_bucket_policy(Bucket=created.account.bucket)["Policy"])
    (statement,) = policy["Statement"]
    assert (statement["Sid"], statement["Effect"]) == ("BenchmarksInstancesOnlyAddResults", "Deny")
    assert (statement["Action"], statement["Resource"]) == (
        "s3:PutObject",
        f"arn:aws:s3:::{created.account.bucket}/results/*",
    )
    role = created.account.client("iam").get_role(RoleName="benchmarks")["Role"]["Arn"]
    assert statement["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": role},
        "Null": {"s3:if-none-match": "true"},
    }


def test_role_adds_results_and_can_do_nothing_to_those_that_are_there(created: Created) -> None:
    own, role = created.account.client("s3"), created.account.client_of_role()
    bucket, key = created.account.bucket, "results/s/r/i-1/1/benchmark.log"

    def denied(call: Callable[..., Any], **given: Any) -> str:
        with pytest.raises(ClientError) as caught:
            call(Bucket=bucket, **given)
        return str(caught.value.response["Error"]["Code"])

    assert denied(role.put_object, Key=key, Body=b"mine") == "AccessDenied"
    role.put_object(Bucket=bucket, Key=key, Body=b"mine", IfNoneMatch="*")
    assert denied(role.put_object, Key=key, Body=b"other", IfNoneMatch="*") == "PreconditionFailed"
    assert denied(role.put_object, Key="elsewhere", Body=b"mine", IfNoneMatch="*") == "AccessDenied"
    assert denied(role.create_multipart_upload, Key=f"{key}.2") == "AccessDenied"
    assert denied(role.copy_object, Key=key, CopySource=f"{bucket}/{key}") == "AccessDenied"
    for call in (role.get_object, role.delete_object):
        assert denied(call, Key=key) == "AccessDenied"
    assert denied(role.list_objects_v2) == "AccessDenied"
    assert own.get_object(Bucket=bucket, Key=key)["Body"].read() == b"mine"
    # Who runs benchmarks is not concerned.
    own.put_object(Bucket=bucket, Key=key, Body=b"again")
    own.delete_object(Bucket=bucket, Key=key)


def test_launch_template_leaves_to_each_launch_what_differs_from_run_to_run(created: Created) -> None:
    ec2 = created.account.client("ec2")
    versions = ec2.describe_launch_template_versions(LaunchTemplateName="benchmarks")["LaunchTemplateVersions"]
    (version,) = versions
    assert version["DefaultVersion"]
    data = version["LaunchTemplateData"]
    assert data["SecurityGroupIds"] == [created.account.security_group()["GroupId"]]
    assert data["IamInstanceProfile"]["Arn"].endswith(":instance-profile/benchmarks")
    assert data["InstanceInitiatedShutdownBehavior"] == "terminate"
    metadata = data["MetadataOptions"]
    assert (metadata["HttpTokens"], metadata["HttpPutResponseHopLimit"]) == ("required", 2)
    assert metadata["HttpEndpoint"] == "enabled"
    readable = yaml.safe_load((ROOT / "roles/setup/files/launch_template.yml").read_text())["LaunchTemplateData"]
    # The module writes EC2's own defaults beside them.
    assert metadata.items() >= readable.pop("MetadataOptions").items()
    assert {key: value for key, value in data.items() if key in readable} == readable
    assert data.keys() - readable == {"SecurityGroupIds", "IamInstanceProfile", "MetadataOptions"}
    assert {"instance", "volume"} == {tagged["ResourceType"] for tagged in data["TagSpecifications"]}
    assert not data.keys() & {"ImageId", "InstanceType", "UserData", "NetworkInterfaces", "Placement", "KeyName"}


def test_ec2_would_launch_from_the_template(created: Created) -> None:
    ec2 = created.account.client("ec2")
    image = ec2.describe_images(Filters=[{"Name": "name", "Values": ["debian-13-amd64-*"]}])["Images"][0]["ImageId"]
    with pytest.raises(ec2.exceptions.ClientError, match="DryRunOperation"):
        ec2.run_instances(
            LaunchTemplate={"LaunchTemplateName": "benchmarks"},
            ImageId=image,
            InstanceType="c7i.large",
            MinCount=1,
            MaxCount=1,
            DryRun=True,
        )


def test_everything_is_tagged(created: Created) -> None:
    ec2, iam = created.account.client("ec2"), created.account.client("iam")
    templates = ec2.describe_launch_templates(LaunchTemplateNames=["benchmarks"])["LaunchTemplates"]
    tagged = {
        "security group": created.account.security_group()["Tags"],
        "launch template": templates[0]["Tags"],
        "role": iam.list_role_tags(RoleName="benchmarks")["Tags"],
        "profile": iam.get_instance_profile(InstanceProfileName="benchmarks")["InstanceProfile"]["Tags"],
        "bucket": created.account.client("s3").get_bucket_tagging(Bucket=created.account.bucket)["TagSet"],
    }
    wanted = {"benchmarks:owner": created.account.administrator.name, "benchmarks:version": "0.1.0"}
    assert {thing: {tag["Key"]: tag["Value"] for tag in tags} for thing, tags in tagged.items()} == dict.fromkeys(
        tagged, wanted
    )


def test_second_run_changes_nothing_and_says_so(created: Created) -> None:
    again = created.account.setup(yes=True, run_id="setup")
    assert again.code == 0, again.output
    assert again.changed == 0
    assert "Everything is there." in again.said
    assert not re.search(r"^ +missing ", again.output, re.MULTILINE)


def test_a_range_that_is_given_is_one_more(created: Created) -> None:
    account, now = created.account, "203.0.113.8/32"
    others = {
        "198.51.100.9/32": "SSH for bob (benchmarks)",
        "198.51.100.0/24": f"SSH for {account.administrator.name} (benchmarks)",
    }
    rule = {
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
        "IpRanges": [{"CidrIp": cidr, "Description": text} for cidr, text in others.items()],
    }
    account.client("ec2").authorize_security_group_ingress(
        GroupId=account.security_group()["GroupId"], IpPermissions=[rule]
    )

    def admitted() -> set[str]:
        return {one["CidrIp"] for rule in account.security_group()["IpPermissions"] for one in rule["IpRanges"]}

    listed = account.setup(allow_from=now)
    assert f"missing its rule: SSH (TCP port 22) from {now}" in listed.said
    assert "replaces" not in listed.said
    assert admitted() == {RANGE, *others}
    result = account.setup(yes=True, allow_from=now)
    assert result.code == 0, result.output
    assert admitted() == {now, RANGE, *others}
    calls = [
        call["action"] for call in account.ask("GET", "requests") if call["action"].endswith("SecurityGroupIngress")
    ]
    assert "RevokeSecurityGroupIngress" not in calls
    again = account.setup(yes=True, allow_from=now)
    assert (again.code, again.changed) == (0, 0), again.output


def test_the_address_that_was_seen_takes_the_place_of_ones_own_earlier_ones(created: Created) -> None:
    account, now = created.account, "203.0.113.9/32"

    def ranges() -> dict[str, str]:
        rules = account.security_group()["IpPermissions"]
        return {one["CidrIp"]: one["Description"] for rule in rules for one in rule["IpRanges"]}

    own = f"SSH for {account.administrator.name} (benchmarks)"
    kept = {cidr for cidr, text in ranges().items() if text != own or not cidr.endswith("/32")}
    account.setup(allow_from=now, run_id="seen")
    # As an earlier look has it that found out the address by itself, for which it has to reach the Internet.
    record = account.runs / "seen/setup.json"
    record.write_text(json.dumps({**json.loads(record.read_text()), "replaces_own": True}))
    listed = account.setup(allow_from=now, run_id="seen")
    assert f"missing its rule: SSH (TCP port 22) from {now}, replaces " in listed.said
    result = account.setup(yes=True, allow_from=now, run_id="seen")
    assert result.code == 0, result.output
    assert ranges().keys() == {now, *kept}
    calls = [one for one in account.ask("GET", "requests") if not one["parameters"].get("DryRun")]
    made = [one["action"] for one in calls if one["action"].endswith("SecurityGroupIngress")]
    # At no time is the user shut out.
    assert made.index("RevokeSecurityGroupIngress") > len(made) - 1 - made[::-1].index("AuthorizeSecurityGroupIngress")
    again = account.setup(yes=True, allow_from=now, run_id="seen")
    assert (again.code, again.changed) == (0, 0), again.output


def test_without_rights_in_iam_all_else_is_created_and_a_second_run_changes_nothing(
    new_account: Callable[..., Account],
) -> None:
    account = new_account()
    result = account.setup(yes=True, no_instance_profile=True)
    assert result.code == 0, result.output
    assert "Created. Everything is there." in result.said
    key = account.administrator.variables["AWS_ACCESS_KEY_ID"]
    calls = [call["service"] for call in account.ask("GET", "requests") if call["access_key_id"] == key]
    assert "ec2" in calls
    assert "iam" not in calls
    template = account.client("ec2").describe_launch_template_versions(LaunchTemplateName="benchmarks")
    assert "IamInstanceProfile" not in template["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    again = account.setup(yes=True, no_instance_profile=True)
    assert (again.code, again.changed) == (0, 0), again.output
    assert "lacks the instance profile" not in again.said
    later = account.setup()
    assert later.code == 2
    assert "missing IAM role benchmarks, for instances" in later.said
    assert "The launch template benchmarks lacks the instance profile benchmarks" in later.said


def test_what_is_there_is_kept_and_only_added_to(new_account: Callable[..., Account]) -> None:
    account = new_account()
    ec2, iam, s3 = account.client("ec2"), account.client("iam"), account.client("s3")
    group = ec2.create_security_group(GroupName="benchmarks", Description="mine", VpcId=account.default_vpc())
    colleague = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "198.51.100.1/32"}]}
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[colleague])
    ec2.create_launch_template(LaunchTemplateName="benchmarks", LaunchTemplateData={"InstanceType": "c7i.large"})
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam.create_role(
        RoleName="benchmarks",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        Tags=[{"Key": "team", "Value": "crypto"}],
    )
    s3.create_bucket(Bucket=account.bucket)
    expire = {"ID": "mine", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 9}}
    s3.put_bucket_lifecycle_configuration(Bucket=account.bucket, LifecycleConfiguration={"Rules": [expire]})

    everyone = f"arn:aws:s3:::{account.bucket}/*"
    wide = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": everyone}]}
    name = f"write-to-{account.bucket}"
    iam.put_role_policy(RoleName="benchmarks", PolicyName=name, PolicyDocument=json.dumps(wide))
    owner = {"AWS": f"arn:aws:iam::{account.facts['account_id']}:root"}
    mine = {"Sid": "Mine", "Effect": "Allow", "Principal": owner, "Action": "s3:GetObject", "Resource": everyone}
    s3.put_bucket_policy(Bucket=account.bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [mine]}))

    result = account.setup(yes=True)

    assert result.code == 0, result.output
    assert f"missing its policy: put results/ into {account.bucket}" in result.said
    assert "missing its rule: instances only add results/, never replace" in result.said
    narrowed = iam.get_role_policy(RoleName="benchmarks", PolicyName=name)["PolicyDocument"]
    assert [one["Resource"] for one in narrowed["Statement"]] == [f"arn:aws:s3:::{account.bucket}/results/*"]
    policy = json.loads(s3.get_bucket_policy(Bucket=account.bucket)["Policy"])
    assert policy["Statement"][0] == mine
    assert [one["Sid"] for one in policy["Statement"]] == ["Mine", "BenchmarksInstancesOnlyAddResults"]
    assert "also lets in 198.51.100.1/32 by SSH" in result.said
    assert "The launch template benchmarks lacks this VPC's security group benchmarks" in result.said
    after = account.security_group()
    assert after["Description"] == "mine"
    ranges = {allowed["CidrIp"] for rule in after["IpPermissions"] for allowed in rule["IpRanges"]}
    assert ranges == {RANGE, "198.51.100.1/32"}
    versions = ec2.describe_launch_template_versions(LaunchTemplateName="benchmarks")["LaunchTemplateVersions"]
    assert [version["LaunchTemplateData"] for version in versions] == [{"InstanceType": "c7i.large"}]
    assert iam.list_role_tags(RoleName="benchmarks")["Tags"] == [{"Key": "team", "Value": "crypto"}]
    assert len(iam.list_role_policies(RoleName="benchmarks")["PolicyNames"]) == 1
    rules = s3.get_bucket_lifecycle_configuration(Bucket=account.bucket)["Rules"]
    assert [rule["ID"] for rule in rules] == ["mine", "benchmarks-abort-incomplete-uploads"]


def test_second_region_gets_a_bucket_of_its_own_and_the_same_role(created: Created) -> None:
    elsewhere = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}
    result = created.account.setup(yes=True, environment=elsewhere)
    assert result.code == 0, result.output
    policies = created.account.client("iam").list_role_policies(RoleName="benchmarks")["PolicyNames"]
    buckets = f"benchmarks-{created.account.facts['account_id']}"
    assert sorted(policies) == [f"write-to-{buckets}-eu-central-1", f"write-to-{buckets}-eu-west-1"]


@pytest.fixture
def blocked(created: Created, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The account blocks all public access meanwhile."""
    facts = created.account.facts
    monkeypatch.setenv("AWS_ENDPOINT_URL", facts["endpoint_url"])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", facts["access_key_id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", facts["secret_access_key"])
    control = session.connector(facts["region"])("s3control")
    control.put_public_access_block(AccountId=facts["account_id"], PublicAccessBlockConfiguration=CLOSED)
    yield
    control.delete_public_access_block(AccountId=facts["account_id"])


@pytest.mark.usefixtures("blocked")
def test_public_results_are_refused_where_the_account_blocks_them(created: Created) -> None:
    before = created.account.things()
    result = created.account.setup(yes=True, public=True, bucket=f"{created.account.bucket}-closed")
    assert result.code != 0
    assert "Results cannot be public, since the account" in result.said
    assert created.account.things() == before


def test_public_results_open_to_anyone_by_plain_links_until_the_bucket_is_closed(
    created: Created, tmp_path: Path
) -> None:
    account, bucket = created.account, f"{created.account.bucket}-public"
    result = account.setup(yes=True, public=True, bucket=bucket)
    assert result.code == 0, result.output
    assert "missing its rule: anyone may read results/" in result.said
    assert f"in the address the bucket's name {bucket} and the key with suite, start, machine" in result.said
    assert "Created. Everything is there." in result.said

    s3 = account.client("s3")
    s3.put_object(Bucket=bucket, Key="elsewhere/secret", Body=b"log")
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert {name for name, on in block.items() if on} == {"BlockPublicAcls", "IgnorePublicAcls"}
    attempt = tmp_path / "r1/i-1/1"
    attempt.mkdir(parents=True)
    (attempt / "benchmark.log").write_bytes(b"log")
    target = Destination(bucket=bucket, account=account.facts["account_id"], region=account.facts["region"])
    publishing.publish(lambda *_: s3, tmp_path / "r1", "i-1", 1, result_bucket.plan(destination=target))
    made = result_bucket.published(attempt)
    place = f"{account.facts['endpoint_url']}/{bucket}"
    assert (made.link, made.link_until) == (f"{place}/{result_bucket.KEY}benchmark.log", None)
    assert fetch(made.link) == (200, b"log")
    for other in (f"{place}/elsewhere/secret", f"{place}/results/x/none", f"{place}?list-type=2&prefix=results/"):
        assert fetch(other)[0] == 403

    again = account.setup(yes=True, bucket=bucket)
    assert (again.code, again.changed) == (0, 0), again.output
    assert f"Anyone reads results/ in the bucket {bucket}, as --public has set up; to make it private" in again.said
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=CLOSED)
    assert fetch(made.link)[0] == 403
    assert link.make(s3, bucket, made.keys["benchmark.log"]).until
