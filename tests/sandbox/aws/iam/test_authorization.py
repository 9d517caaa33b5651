"""Callers may do what their policies allow, on what they allow it, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.wire_endpoint import Endpoint, refused

Restricted = Callable[..., Callable[[str], Any]]
RUN = {"InstanceType": "c5.large", "MinCount": 1, "MaxCount": 1}
TAGGED = [{"ResourceType": "instance", "Tags": [{"Key": "benchmarks:run", "Value": "r1"}]}]


def allow(action: str | list[str], resource: str | list[str] = "*", **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture
def restricted(endpoint: Endpoint, iam: Any, name: str) -> Restricted:
    """Makes clients of a user whose policy has these statements."""

    def user(*statements: dict[str, Any]) -> Callable[[str], Any]:
        iam.create_user(UserName=name)
        if statements:
            iam.put_user_policy(UserName=name, PolicyName="mine", PolicyDocument=policy(*statements))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        theirs = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        return lambda service: endpoint.client(service, **theirs)

    return user


@pytest.fixture
def arn(endpoint: Endpoint) -> Callable[[str], str]:
    """ARNs of EC2's resources in this account."""
    return lambda rest: f"arn:aws:ec2:us-east-1:{endpoint.settings.account_id}:{rest}"


@pytest.fixture
def bucket(s3: Any, name: str) -> str:
    s3.create_bucket(Bucket=name)
    return name


@pytest.mark.parametrize(
    ("service", "action", "code", "permission"),
    [
        ("ec2", "describe_instances", "UnauthorizedOperation", "ec2:DescribeInstances"),
        ("s3", "list_buckets", "AccessDenied", "s3:ListAllMyBuckets"),
        ("iam", "list_roles", "AccessDenied", "iam:ListRoles"),
    ],
)
def test_who_has_no_policy_is_denied_as_each_service_does_it(
    restricted: Restricted, service: str, action: str, code: str, permission: str
) -> None:
    sentence = refused(code, getattr(restricted()(service), action))
    assert f"is not authorized to perform: {permission} because no identity-based policy allows the" in sentence
    assert ":user/test-" in sentence


def test_services_with_json_deny_in_their_way(restricted: Restricted) -> None:
    clients = restricted()
    get = clients("pricing").get_products
    assert "pricing:GetProducts" in refused("AccessDeniedException", get, ServiceCode="AmazonEC2")


def test_who_one_is_may_always_be_asked(restricted: Restricted) -> None:
    assert ":user/test-" in restricted()("sts").get_caller_identity()["Arn"]


def test_what_the_sandbox_does_not_know_is_not_allowed(restricted: Restricted) -> None:
    clients = restricted(allow("*"))
    assert "permissions for ec2 AllocateAddress" in refused("UnsupportedOperation", clients("ec2").allocate_address)
    assert "permissions for iam ListUsers" in refused("UnsupportedOperation", clients("iam").list_users)
    assert "permissions for ssm" in refused("UnsupportedOperation", clients("ssm").describe_parameters)


def test_policy_that_is_not_understood_is_not_applied(restricted: Restricted) -> None:
    clients = restricted(allow("*", DateGreaterThan={"aws:CurrentTime": "2020-01-01T00:00:00Z"}))
    assert "DateGreaterThan" in refused("UnsupportedOperation", clients("ec2").describe_instances)


def test_attached_policies_and_those_of_groups_count(endpoint: Endpoint, iam: Any, restricted: Restricted) -> None:
    clients = restricted()
    user = clients("sts").get_caller_identity()["Arn"].rpartition("/")[2]
    document = policy(allow("ec2:DescribeVolumes"))
    iam.attach_user_policy(
        UserName=user, PolicyArn=iam.create_policy(PolicyName=user, PolicyDocument=document)["Policy"]["Arn"]
    )
    iam.create_group(GroupName=user)
    iam.put_group_policy(GroupName=user, PolicyName="ours", PolicyDocument=policy(allow("ec2:DescribeSubnets")))
    iam.add_user_to_group(GroupName=user, UserName=user)
    clients("ec2").describe_volumes()
    clients("ec2").describe_subnets()
    refused("UnauthorizedOperation", clients("ec2").describe_vpcs)


def test_session_token_has_the_permissions_of_its_user(endpoint: Endpoint, restricted: Restricted) -> None:
    made = restricted(allow("ec2:DescribeSubnets"))("sts").get_session_token()["Credentials"]
    ec2 = endpoint.client(
        "ec2",
        aws_access_key_id=made["AccessKeyId"],
        aws_secret_access_key=made["SecretAccessKey"],
        aws_session_token=made["SessionToken"],
    )
    ec2.describe_subnets()
    refused("UnauthorizedOperation", ec2.describe_vpcs)


LAUNCH_KINDS = ("instance", "network-interface", "volume", "subnet", "security-group")


def test_launch_needs_permission_for_each_kind_of_resource(
    restricted: Restricted, image: str, arn: Callable[[str], str], iam: Any, name: str
) -> None:
    clients = restricted(allow("ec2:RunInstances"))
    request = {**RUN, "ImageId": image, "DryRun": True}
    refused("DryRunOperation", clients("ec2").run_instances, **request)
    everything = [f"arn:aws:ec2:us-east-1::image/{image}", *(arn(f"{kind}/*") for kind in LAUNCH_KINDS)]

    def try_with(resources: list[str], code: str) -> str:
        document = policy(allow("ec2:RunInstances", resources))
        iam.put_user_policy(UserName=name, PolicyName="mine", PolicyDocument=document)
        return refused(code, clients("ec2").run_instances, **request)

    try_with(everything, "DryRunOperation")
    for missing in everything:
        sentence = try_with([one for one in everything if one != missing], "UnauthorizedOperation")
        assert sentence.startswith("You are not authorized to perform this operation. User: ")
        assert f"ec2:RunInstances on resource: {missing.rstrip('*')}" in sentence


def test_launch_by_a_template_needs_it_and_what_is_in_it(
    restricted: Restricted, ec2: Any, iam: Any, image: str, name: str, arn: Callable[[str], str]
) -> None:
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    data = {"ImageId": image, "IamInstanceProfile": {"Name": name}, "TagSpecifications": TAGGED}
    template = ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)["LaunchTemplate"]
    clients = restricted(allow("ec2:RunInstances"))
    request = {**RUN, "LaunchTemplate": {"LaunchTemplateName": name}, "DryRun": True}

    def try_with(*statements: dict[str, Any]) -> str:
        iam.put_user_policy(UserName=name, PolicyName="mine", PolicyDocument=policy(*statements))
        return refused("UnauthorizedOperation", clients("ec2").run_instances, **request)

    run = allow("ec2:RunInstances")
    tag = allow("ec2:CreateTags", arn("instance/*"), StringEquals={"ec2:CreateAction": "RunInstances"})
    give = allow("iam:PassRole", role, StringEquals={"iam:PassedToService": "ec2.amazonaws.com"})
    template_id = template["LaunchTemplateId"]
    other = allow("ec2:RunInstances", [*(arn(f"{kind}/*") for kind in LAUNCH_KINDS), "arn:aws:ec2:*::image/*"])
    assert arn(f"launch-template/{template_id}") in try_with(other, tag, give)
    assert "ec2:CreateTags on resource: " + arn("instance/*") in try_with(run, give)
    elsewhere = tag | {"Condition": {"StringEquals": {"ec2:CreateAction": "CreateVolume"}}}
    assert "ec2:CreateTags" in try_with(run, elsewhere, give)
    assert f"iam:PassRole on resource: {role}" in try_with(run, tag)
    to_another = give | {"Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}
    assert "iam:PassRole" in try_with(run, tag, to_another)
    iam.put_user_policy(UserName=name, PolicyName="mine", PolicyDocument=policy(run, tag, give))
    refused("DryRunOperation", clients("ec2").run_instances, **request)


def test_only_instances_with_the_tag_are_ended(restricted: Restricted, launch: Callable[..., dict[str, Any]]) -> None:
    tagged = {"aws:ResourceTag/benchmarks:run": "false"}
    ec2 = restricted(allow("ec2:TerminateInstances", Null=tagged))("ec2")
    mine, other = launch(TagSpecifications=TAGGED)["InstanceId"], launch()["InstanceId"]
    ec2.terminate_instances(InstanceIds=[mine])
    sentence = refused("UnauthorizedOperation", ec2.terminate_instances, InstanceIds=[other])
    assert f"instance/{other}" in sentence
    refused("UnauthorizedOperation", ec2.terminate_instances, InstanceIds=[mine, other])


def test_only_volumes_with_the_tag_are_deleted(restricted: Restricted, ec2: Any) -> None:
    clients = restricted(
        allow("ec2:DeleteVolume", StringLike={"aws:ResourceTag/benchmarks:run": "r*"}), allow("ec2:DescribeVolumes")
    )
    tags = [{"ResourceType": "volume", "Tags": [{"Key": "benchmarks:run", "Value": "r1"}]}]
    mine = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, TagSpecifications=tags)["VolumeId"]
    other = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    clients("ec2").delete_volume(VolumeId=mine)
    refused("UnauthorizedOperation", clients("ec2").delete_volume, VolumeId=other)


def test_tags_are_made_only_with_what_is_created_if_the_policy_says_so(
    restricted: Restricted, ec2: Any, launch: Callable[..., dict[str, Any]], name: str
) -> None:
    create = allow(["ec2:CreateSecurityGroup", "ec2:CreateLaunchTemplate"])
    tag = allow("ec2:CreateTags", StringEquals={"ec2:CreateAction": "CreateSecurityGroup"})
    clients = restricted(create, tag)
    tags = [{"Key": "team", "Value": "crypto"}]
    clients("ec2").create_security_group(
        GroupName=name, Description="x", TagSpecifications=[{"ResourceType": "security-group", "Tags": tags}]
    )
    refused(
        "UnauthorizedOperation",
        clients("ec2").create_launch_template,
        LaunchTemplateName=name,
        LaunchTemplateData={},
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": tags}],
    )
    refused("UnauthorizedOperation", clients("ec2").create_tags, Resources=[launch()["InstanceId"]], Tags=tags)


def test_things_are_found_by_their_names_too(restricted: Restricted, ec2: Any, name: str) -> None:
    group = ec2.create_security_group(GroupName=name, Description="x")["GroupId"]
    ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData={"InstanceType": "c5.large"})
    clients = restricted()
    denied = refused("UnauthorizedOperation", clients("ec2").delete_security_group, GroupName=name)
    assert f"security-group/{group}" in denied
    denied = refused("UnauthorizedOperation", clients("ec2").delete_launch_template, LaunchTemplateName=name)
    assert "launch-template/lt-" in denied


def test_role_is_seen_by_its_path_and_tags(restricted: Restricted, iam: Any, endpoint: Endpoint, name: str) -> None:
    tags = [{"Key": "owner", "Value": "ada"}]
    iam.create_role(RoleName=name, Path="/team/", AssumeRolePolicyDocument="{}", Tags=tags)
    account = endpoint.settings.account_id
    wanted = f"arn:aws:iam::{account}:role/team/*"
    clients = restricted(
        allow("iam:GetRole", wanted, StringEquals={"aws:ResourceTag/owner": "ada"}),
        allow("iam:CreateRole", f"arn:aws:iam::{account}:role/{name}-new"),
    )
    clients("iam").get_role(RoleName=name)
    refused("AccessDenied", clients("iam").delete_role, RoleName=name)
    clients("iam").create_role(RoleName=f"{name}-new", AssumeRolePolicyDocument="{}")
    tagged = {"RoleName": f"{name}-new", "AssumeRolePolicyDocument": "{}", "Tags": tags}
    assert "iam:TagRole" in refused("AccessDenied", clients("iam").create_role, **tagged)
    absent = refused("AccessDenied", clients("iam").get_role, RoleName="none")
    assert f"iam:GetRole on resource: arn:aws:iam::{account}:role/none" in absent


def test_giving_a_role_to_a_profile_needs_to_pass_it(restricted: Restricted, iam: Any, name: str) -> None:
    iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    iam.create_instance_profile(InstanceProfileName=name)
    add = restricted(allow("iam:AddRoleToInstanceProfile"))("iam").add_role_to_instance_profile
    assert "iam:PassRole" in refused("AccessDenied", add, InstanceProfileName=name, RoleName=name)


def test_objects_and_buckets_are_different_resources(restricted: Restricted, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="runs/log", Body=b"log")
    theirs = restricted(
        allow("s3:GetObject", f"arn:aws:s3:::{bucket}/runs/*"),
        allow("s3:ListBucket", f"arn:aws:s3:::{bucket}", StringLike={"s3:prefix": "runs/*"}),
    )("s3")
    assert theirs.get_object(Bucket=bucket, Key="runs/log")["Body"].read() == b"log"
    assert theirs.list_objects_v2(Bucket=bucket, Prefix="runs/")["KeyCount"] == 1
    refused("AccessDenied", theirs.list_objects_v2, Bucket=bucket)
    refused("AccessDenied", theirs.get_object, Bucket=bucket, Key="other/log")
    refused("AccessDenied", theirs.put_object, Bucket=bucket, Key="runs/log", Body=b"x")
    refused("403", theirs.head_bucket, Bucket=bucket)


def test_missing_object_is_told_only_to_who_may_list(
    restricted: Restricted, s3: Any, iam: Any, bucket: str, name: str
) -> None:
    read = allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*")
    theirs = restricted(read)("s3")
    assert "s3:ListBucket" in refused("AccessDenied", theirs.get_object, Bucket=bucket, Key="none")
    listing = allow("s3:ListBucket", f"arn:aws:s3:::{bucket}")
    iam.put_user_policy(UserName=name, PolicyName="mine", PolicyDocument=policy(read, listing))
    refused("NoSuchKey", theirs.get_object, Bucket=bucket, Key="none")
    refused("404", theirs.head_object, Bucket=bucket, Key="none")


def test_copying_needs_to_read_and_to_write(restricted: Restricted, s3: Any, iam: Any, bucket: str, name: str) -> None:
    s3.put_object(Bucket=bucket, Key="from", Body=b"x")
    theirs = restricted(allow("s3:PutObject"))("s3")
    copy = {"Bucket": bucket, "Key": "to", "CopySource": {"Bucket": bucket, "Key": "from"}}
    assert f"s3:GetObject on resource: arn:aws:s3:::{bucket}/from" in refused(
        "AccessDenied", theirs.copy_object, **copy
    )
    document = policy(allow(["s3:PutObject", "s3:GetObject"]))
    iam.put_user_policy(UserName=name, PolicyName="mine", PolicyDocument=document)
    theirs.copy_object(**copy)


def test_each_deleted_object_needs_permission(restricted: Restricted, s3: Any, bucket: str) -> None:
    for key in ("runs/1", "other/1"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    theirs = restricted(allow("s3:DeleteObject", f"arn:aws:s3:::{bucket}/runs/*"))("s3")
    both = {"Objects": [{"Key": "runs/1"}, {"Key": "other/1"}]}
    assert "other/1" in refused("AccessDenied", theirs.delete_objects, Bucket=bucket, Delete=both)
    theirs.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "runs/1"}]})


def test_bucket_policy_denies_even_who_may_do_everything_and_allows_who_has_no_policy(
    restricted: Restricted, s3: Any, bucket: str
) -> None:
    theirs = restricted()("s3")
    user = refused("AccessDenied", theirs.list_buckets).split()[1]
    s3.put_object(Bucket=bucket, Key="log", Body=b"log")
    document = policy(
        {
            "Effect": "Allow",
            "Principal": {"AWS": user},
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{bucket}/*",
        },
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{bucket}/*",
            "Condition": {"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}},
        },
    )
    s3.put_bucket_policy(Bucket=bucket, Policy=document)
    assert theirs.get_object(Bucket=bucket, Key="log")["Body"].read() == b"log"
    assert "explicit deny" in refused("AccessDenied", s3.put_object, Bucket=bucket, Key="new", Body=b"x")
    s3.put_object(Bucket=bucket, Key="new", Body=b"x", IfNoneMatch="*")


def test_instance_may_do_what_its_role_may(
    endpoint: Endpoint, iam: Any, s3: Any, launch: Callable[..., dict[str, Any]], bucket: str, name: str
) -> None:
    iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    document = policy(allow("s3:PutObject", f"arn:aws:s3:::{bucket}/*"))
    iam.put_role_policy(RoleName=name, PolicyName="write", PolicyDocument=document)
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    instance = launch(IamInstanceProfile={"Name": name})["InstanceId"]
    token = endpoint.settings.instance_token(instance)
    _, made = endpoint.ask("GET", f"/_sandbox/instance/{instance}/credentials", token=token)
    keys = {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
        "aws_session_token": made["Token"],
    }
    theirs = endpoint.client("s3", **keys)
    theirs.put_object(Bucket=bucket, Key="log", Body=b"log")
    for denied in (theirs.get_object, theirs.delete_object):
        sentence = refused("AccessDenied", denied, Bucket=bucket, Key="log")
        assert f"assumed-role/{name}/{instance}" in sentence
    refused("AccessDenied", theirs.list_objects_v2, Bucket=bucket)
    refused("UnauthorizedOperation", endpoint.client("ec2", **keys).describe_instances)
    iam.delete_role_policy(RoleName=name, PolicyName="write")
    refused("AccessDenied", theirs.put_object, Bucket=bucket, Key="log", Body=b"x")
