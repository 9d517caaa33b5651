"""What IAM's calls need.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from __future__ import annotations

from sandbox.aws.iam.needs import Need, request_tags, resource_tags, tags_of
from sandbox.aws.moto_repairs import Identities
from sandbox.aws.protocol import Call

ROLE = frozenset(
    {
        *("CreateRole", "DeleteRole", "GetRole", "TagRole", "UntagRole", "UpdateAssumeRolePolicy", "UpdateRole"),
        *("AttachRolePolicy", "DetachRolePolicy", "DeleteRolePolicy", "GetRolePolicy", "PutRolePolicy"),
        *("ListAttachedRolePolicies", "ListInstanceProfilesForRole", "ListRolePolicies", "ListRoleTags"),
    }
)
PROFILE = frozenset(
    {
        *("AddRoleToInstanceProfile", "CreateInstanceProfile", "DeleteInstanceProfile", "GetInstanceProfile"),
        *("ListInstanceProfileTags", "RemoveRoleFromInstanceProfile", "TagInstanceProfile", "UntagInstanceProfile"),
    }
)
WITHOUT_RESOURCE = frozenset({"GetAccountSummary", "ListInstanceProfiles", "ListRoles"})
# A request that tags what it creates needs that action too:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_permissions
TAGGING = {"CreateRole": "TagRole", "CreateInstanceProfile": "TagInstanceProfile"}


def needs(call: Call, account_id: str, identities: Identities) -> list[Need]:
    """What a call needs. Raises NotImplementedError for an action that is not known here."""
    action, parameters = call.action, call.parameters
    if action in WITHOUT_RESOURCE:
        return [Need(f"iam:{action}")]
    if action in ROLE:
        kind, name = "role", str(parameters.get("RoleName", ""))
        found = identities.role(name)
    elif action in PROFILE:
        kind, name = "instance-profile", str(parameters.get("InstanceProfileName", ""))
        found = identities.profile(name)
    else:
        raise NotImplementedError(f"the permissions for iam {action}")
    path = str(parameters.get("Path") or "/")
    arn, tags = found or (f"arn:aws:iam::{account_id}:{kind}{path}{name}", {})
    given = tags_of(parameters.get("Tags", ()))
    context = {**resource_tags(tags), **request_tags(given)}
    more = [Need(f"iam:{TAGGING[action]}", arn, context)] if given and action in TAGGING else []
    if action == "AddRoleToInstanceProfile" and (role := identities.role(str(parameters.get("RoleName", "")))):
        # https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html: "The caller of this
        # operation must be granted the PassRole permission on the IAM role".
        more.append(Need("iam:PassRole", role[0]))
    return [Need(f"iam:{action}", arn, context), *more]
