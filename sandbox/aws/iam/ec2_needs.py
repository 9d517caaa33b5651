"""What EC2's calls need: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.aws.ec2 import launch_checks, template_merge
from sandbox.aws.iam.needs import NO_RESOURCE, Need, request_tags, resource_tags, tags_of
from sandbox.aws.moto_repairs import Ec2, Identities
from sandbox.aws.protocol import Call

EC2_SERVICE = "ec2.amazonaws.com"
SSM_IMAGE = "resolve:ssm:"

# Describe calls about one resource; for all others AWS knows no resource:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-policies-for-amazon-ec2.html
DESCRIBE_ONE = frozenset({"DescribeInstanceAttribute", "DescribeImageAttribute", "DescribeVolumeAttribute"})
# Actions on resources that there are: type of resource, and the parameter with its id or ids.
ON: Mapping[str, tuple[str, str]] = {
    "TerminateInstances": ("instance", "InstanceIds"),
    "StopInstances": ("instance", "InstanceIds"),
    "StartInstances": ("instance", "InstanceIds"),
    "RebootInstances": ("instance", "InstanceIds"),
    "GetConsoleOutput": ("instance", "InstanceId"),
    "DescribeInstanceAttribute": ("instance", "InstanceId"),
    "DeleteVolume": ("volume", "VolumeId"),
    "CreateLaunchTemplateVersion": ("launch-template", "LaunchTemplateId"),
    "ModifyLaunchTemplate": ("launch-template", "LaunchTemplateId"),
    "DeleteLaunchTemplate": ("launch-template", "LaunchTemplateId"),
    "DeleteLaunchTemplateVersions": ("launch-template", "LaunchTemplateId"),
    "DeleteSecurityGroup": ("security-group", "GroupId"),
    "AuthorizeSecurityGroupIngress": ("security-group", "GroupId"),
    "AuthorizeSecurityGroupEgress": ("security-group", "GroupId"),
    "RevokeSecurityGroupIngress": ("security-group", "GroupId"),
    "RevokeSecurityGroupEgress": ("security-group", "GroupId"),
}
# Actions that create: the type of what they create, and the parameters with what they refer to.
CREATES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "CreateLaunchTemplate": ("launch-template", {}),
    "CreateSecurityGroup": ("security-group", {"VpcId": "vpc"}),
}
# By these an authorization creates rules, which may have tags.
MAKES_RULES = frozenset({"AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"})
TYPES = {
    "i": "instance",
    "vol": "volume",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "lt": "launch-template",
}
# Parameters of a launch whose resources are not looked up here.
UNKNOWN_RESOURCES = ("CapacityReservationSpecification", "ElasticGpuSpecification", "LicenseSpecifications")


def needs(call: Call, ec2: Ec2, identities: Identities) -> list[Need]:
    """What a call needs. Raises NotImplementedError for an action not known here, AwsError for an invalid request."""
    if call.action.startswith("Describe") and call.action not in DESCRIBE_ONE:
        return [Need(f"ec2:{call.action}")]
    arns = _Arns(ec2)
    parameters = call.parameters
    if call.action == "RunInstances":
        return _launch(parameters, ec2, arns, identities)
    if call.action in ("CreateTags", "DeleteTags"):
        given = request_tags(tags_of(parameters.get("Tags", ())))
        return [
            Need(f"ec2:{call.action}", arns.by_id(one), {**arns.tags(one), **given})
            for one in parameters.get("Resources", ())
        ]
    if call.action in CREATES:
        kind, refers = CREATES[call.action]
        named = [
            Need(f"ec2:{call.action}", arns.of(other, parameters[name]), arns.tags(parameters[name]))
            for name, other in refers.items()
            if parameters.get(name)
        ]
        new = Need(f"ec2:{call.action}", arns.of(kind), request_tags(template_merge.tags_for(parameters, kind)))
        return [new, *named, *_tagging(call.action, parameters, arns)]
    if call.action not in ON:
        raise NotImplementedError(f"the permissions for ec2 {call.action}")
    kind, parameter = ON[call.action]
    ids = _ids(parameters, parameter, ec2)
    if not ids:  # the action on nothing that exists; EC2 says so to those who may act on anything of the kind
        return [Need(f"ec2:{call.action}", arns.of(kind))]
    tagging = _tagging(call.action, parameters, arns) if call.action in MAKES_RULES else []
    return [Need(f"ec2:{call.action}", arns.of(kind, one), arns.tags(one)) for one in ids] + tagging


class _Arns:
    """ARNs of EC2's resources and their tags, in one account and region."""

    def __init__(self, ec2: Ec2) -> None:
        self._ec2 = ec2

    def of(self, kind: str, identifier: str = NO_RESOURCE) -> str:
        """The ARN of a resource, or with "*" of one that a call is going to create."""
        account = "" if kind in ("image", "snapshot") else self._ec2.account_id
        return f"arn:aws:ec2:{self._ec2.region}:{account}:{kind}/{identifier}"

    def by_id(self, identifier: str) -> str:
        kind = TYPES.get(identifier.partition("-")[0])
        if kind is None:
            raise NotImplementedError(f"the permissions for tags of {identifier}")
        return self.of(kind, identifier)

    def tags(self, identifier: str) -> dict[str, tuple[str, ...]]:
        return resource_tags(self._ec2.resource_tags(identifier))

    def parameter(self, name: str) -> str:
        """The ARN of an SSM parameter; those of AWS have no account.

        https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
        """
        bare = name.partition(":")[0].lstrip("/")
        account = "" if bare.startswith("aws/") else self._ec2.account_id
        return f"arn:aws:ssm:{self._ec2.region}:{account}:parameter/{bare}"


def _ids(parameters: Mapping[str, Any], parameter: str, ec2: Ec2) -> tuple[str, ...]:
    """The ids that a call names, by themselves or by name."""
    if given := parameters.get(parameter):
        return (given,) if isinstance(given, str) else tuple(given)
    if parameter == "GroupId":
        return ec2.group_ids(parameters.get("GroupName", ""))
    if parameter == "LaunchTemplateId" and (found := ec2.template_id(parameters.get("LaunchTemplateName", ""))):
        return (found,)
    return ()


def _tagging(action: str, parameters: Mapping[str, Any], arns: _Arns) -> list[Need]:
    """To tag what a call creates is an action too, and knows by which action that is.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
    """
    kinds: Iterable[str] = {one.get("ResourceType", "") for one in parameters.get("TagSpecifications", ())}
    return [
        Need("ec2:CreateTags", arns.of(kind), {**request_tags(tags), "ec2:createaction": (action,)})
        for kind in sorted(kinds)
        if (tags := template_merge.tags_for(parameters, kind))
    ]


def _launch(parameters: Mapping[str, Any], ec2: Ec2, arns: _Arns, identities: Identities) -> list[Need]:
    """RunInstances is checked for each resource that it uses or creates, those of its launch template too.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/permissions-for-launch-templates.html;
    handing a role to instances is iam:PassRole:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html;
    an image by the name of a parameter is ssm:GetParameters:
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/using-systems-manager-parameters.html
    """
    template: tuple[str, int, Mapping[str, Any]] = ("", 0, {})
    if named := parameters.get("LaunchTemplate"):
        template = ec2.template(named)
    request = template_merge.merge(template[2], parameters)
    for name in UNKNOWN_RESOURCES:
        if name in request:
            raise NotImplementedError(f"the permissions for a launch with {name}")
    if request.get("Placement", {}).get("GroupName"):
        raise NotImplementedError("the permissions for a launch in a placement group")
    image = request.get("ImageId", "")
    others: list[Need] = []
    if image.startswith(SSM_IMAGE):
        name = image.removeprefix(SSM_IMAGE)
        others.append(Need("ssm:GetParameters", arns.parameter(name)))
        request["ImageId"] = ec2.ssm_parameter(name)
    plan = launch_checks.plan(request, ec2)
    if plan.profile and plan.profile[2] and (role := identities.role(plan.profile[2])):
        others.append(Need("iam:PassRole", role[0], {"iam:passedtoservice": (EC2_SERVICE,)}))
    used = [
        ("image", plan.image["ImageId"]),
        ("subnet", plan.subnets[0]["SubnetId"]),
        *(("security-group", group) for group in plan.groups),
        *((("launch-template", template[0]),) if template[0] else ()),
        *((("key-pair", request["KeyName"]),) if request.get("KeyName") else ()),
        *(
            ("snapshot", device["Ebs"]["SnapshotId"])
            for device in request.get("BlockDeviceMappings", ())
            if device.get("Ebs", {}).get("SnapshotId")
        ),
    ]
    made = ("instance", "network-interface", *(("volume",) if plan.devices else ()))
    return [
        *(
            Need("ec2:RunInstances", arns.of(kind), request_tags(template_merge.tags_for(request, kind)))
            for kind in made
        ),
        *(Need("ec2:RunInstances", arns.of(kind, one), arns.tags(one)) for kind, one in used),
        *_tagging("RunInstances", request, arns),
        *others,
    ]
