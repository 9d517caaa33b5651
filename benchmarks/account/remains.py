"""Finds what is in an account of what setup makes, and of what a user has added to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import botocore.exceptions

from benchmarks.account import bucket, bucket_contents, bucket_policy, made_by_setup
from benchmarks.account.bucket_contents import Contents
from benchmarks.account.teardown_place import Place
from benchmarks.aws import tags
from benchmarks.aws.aws_errors import code, is_denied, optional, unless
from benchmarks.aws.opt_in_regions import refusing_in
from benchmarks.aws.resource_names import NAME
from benchmarks.aws.session import AwsShape, Client, Connect

_NO_ROLE = "NoSuchEntity"


@dataclass(frozen=True)
class FoundRole:
    """The role as IAM shows it, with the names of what it is tied to."""

    role: AwsShape
    policies: tuple[str, ...] = ()  # inline
    attached: tuple[str, ...] = ()  # managed
    profiles: tuple[str, ...] = ()  # instance profiles that hold it


@dataclass(frozen=True)
class FoundBucket:
    """The bucket, with its tags in the form of other resources."""

    tagged: AwsShape
    contents: Contents = field(default_factory=Contents)
    lifecycle: Sequence[AwsShape] = ()
    policy: AwsShape = field(default_factory=dict)


@dataclass(frozen=True)
class Remains:
    """What was found, None for what does not exist."""

    group: AwsShape | None = None
    referring: tuple[str, ...] = ()  # ids of groups whose rules name the group
    groups_elsewhere: Sequence[AwsShape] = ()  # those of setup in other VPCs of the region
    template: AwsShape | None = None
    versions: Sequence[AwsShape] = ()  # of the template
    other_templates: tuple[str, ...] = ()  # names of others that setup made in the region
    group_templates: tuple[str, ...] = ()  # those of them whose default version names the group
    role: FoundRole | None = None
    profile: AwsShape | None = None
    iam_hidden: bool = False  # whether the caller may not look at the role and the profile
    bucket: FoundBucket | None = None


def find(connect: Connect, place: Place) -> Remains:
    """Find what there is. Raises RefusedError, also for a bucket of another account."""
    with refusing_in(connect, place.region):
        ec2, iam = connect("ec2"), connect("iam")
        groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [NAME]}])["SecurityGroups"]
        group = next((one for one in groups if one.get("VpcId") == place.vpc), None)
        template = _template(ec2, place.launch_template)
        own = template["LaunchTemplateId"] if template else None
        others = [one for one in _tagged_templates(ec2) if one["LaunchTemplateId"] != own]
        role, profile, iam_hidden = _role_and_profile(iam)
        return Remains(
            group=group,
            referring=_referring(ec2, group["GroupId"]) if group else (),
            groups_elsewhere=tuple(one for one in groups if one is not group and made_by_setup.is_tagged(one)),
            template=template,
            versions=_versions(ec2, str(own)) if template else (),
            other_templates=tuple(one["LaunchTemplateName"] for one in others),
            group_templates=tuple(
                one["LaunchTemplateName"] for one in others if group and group["GroupId"] in _groups_of(ec2, one)
            ),
            role=role,
            profile=profile,
            iam_hidden=iam_hidden,
            bucket=_bucket(connect("s3"), place),
        )


def _template(ec2: Client, wanted: str) -> AwsShape | None:
    key = "LaunchTemplateIds" if wanted.startswith("lt-") else "LaunchTemplateNames"
    try:
        found = ec2.describe_launch_templates(**{key: [wanted]})["LaunchTemplates"]
    except botocore.exceptions.ClientError as error:
        if not code(error).startswith("InvalidLaunchTemplate"):
            raise
        return None
    return found[0] if found else None


def _tagged_templates(ec2: Client) -> list[AwsShape]:
    filters = [{"Name": "tag-key", "Values": [tags.VERSION]}]
    pages = ec2.get_paginator("describe_launch_templates").paginate(Filters=filters)
    return [one for page in pages for one in page["LaunchTemplates"] if made_by_setup.is_tagged(one)]


def _versions(ec2: Client, template: str) -> list[AwsShape]:
    pages = ec2.get_paginator("describe_launch_template_versions").paginate(LaunchTemplateId=template)
    return [one for page in pages for one in page["LaunchTemplateVersions"]]


def _groups_of(ec2: Client, template: AwsShape) -> set[str]:
    """The ids of the security groups that a template's default version names; none if it was just deleted.

    EC2 deletes a group that only templates name: then no instance can be launched from them.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResponseLaunchTemplateData.html
    """
    try:
        answer = ec2.describe_launch_template_versions(
            LaunchTemplateId=template["LaunchTemplateId"], Versions=["$Default"]
        )
    except botocore.exceptions.ClientError as error:
        if not code(error).startswith("InvalidLaunchTemplate"):
            raise
        return set()
    found: set[str] = set()
    for version in answer["LaunchTemplateVersions"]:
        data = version.get("LaunchTemplateData", {})
        found.update(data.get("SecurityGroupIds", []))
        found.update(id for interface in data.get("NetworkInterfaces", []) for id in interface.get("Groups", []))
    return found


def _referring(ec2: Client, group: str) -> tuple[str, ...]:
    """Other groups with a rule that names the group, which keeps it from being deleted.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html
    """
    found: set[str] = set()
    for name in ("ip-permission.group-id", "egress.ip-permission.group-id"):
        answer = ec2.describe_security_groups(Filters=[{"Name": name, "Values": [group]}])
        found |= {one["GroupId"] for one in answer["SecurityGroups"]}
    return tuple(sorted(found - {group}))


def _role_and_profile(iam: Client) -> tuple[FoundRole | None, AwsShape | None, bool]:
    """The role and the profile, and whether IAM denies to show them.

    Who has no rights in IAM can set up without a role, and can tear that down.
    """
    try:
        profile = unless(_NO_ROLE, lambda: iam.get_instance_profile(InstanceProfileName=NAME)["InstanceProfile"])
        return _role(iam), profile, False
    except botocore.exceptions.ClientError as error:
        if not is_denied(error):
            raise
        return None, None, True


def _role(iam: Client) -> FoundRole | None:
    role = unless(_NO_ROLE, lambda: iam.get_role(RoleName=NAME)["Role"])
    if role is None:
        return None

    def every(operation: str, key: str) -> list[AwsShape]:
        return [one for page in iam.get_paginator(operation).paginate(RoleName=NAME) for one in page[key]]

    return FoundRole(
        role,
        policies=tuple(map(str, every("list_role_policies", "PolicyNames"))),
        attached=tuple(one["PolicyName"] for one in every("list_attached_role_policies", "AttachedPolicies")),
        profiles=tuple(
            one["InstanceProfileName"] for one in every("list_instance_profiles_for_role", "InstanceProfiles")
        ),
    )


def _bucket(s3: Client, place: Place) -> FoundBucket | None:
    if bucket.look(s3, place.bucket, place.account) is None:
        return None
    # A bucket that was just deleted may still be shown: then what it has is not.
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
    found: FoundBucket | None = unless("NoSuchBucket", lambda: _what_it_has(s3, place))
    return found


def _what_it_has(s3: Client, place: Place) -> FoundBucket:
    """Its policy, its lifecycle rules and, if setup made it, its contents."""
    here = {"Bucket": place.bucket, "ExpectedBucketOwner": place.account}
    tagging = unless("NoSuchTagSet", lambda: s3.get_bucket_tagging(**here)) or {"TagSet": []}
    tagged = {"Tags": tagging["TagSet"]}
    if made_by_setup.is_tagged(tagged):
        # What is in the way of nothing but is counted may be left unread.
        return FoundBucket(
            tagged,
            contents=bucket_contents.count(s3, place.bucket, place.account),
            lifecycle=(optional(lambda: _lifecycle(s3, here)) or {}).get("Rules", []),
            policy=bucket_policy.find(s3, place.bucket, place.account) or {},
        )
    rules = _lifecycle(s3, here)
    policy = unless("NoSuchBucketPolicy", lambda: s3.get_bucket_policy(**here))
    return FoundBucket(tagged, lifecycle=rules.get("Rules", []), policy=json.loads(policy["Policy"]) if policy else {})


def _lifecycle(s3: Client, bucket: AwsShape) -> AwsShape:
    return unless("NoSuchLifecycleConfiguration", lambda: s3.get_bucket_lifecycle_configuration(**bucket)) or {}
