"""What an identity policy or a bucket policy says of one action on one resource. Pure.

Follows https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html for one account: an
explicit Deny in any policy wins, then an Allow in any, else nothing is allowed. Only the elements, operators and keys
that this project's policies use are known; anything else is an UnsupportedPolicyError, never skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

# Keys of a request with their values; names in lower case, since AWS compares them without regard to case:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
Context = Mapping[str, Sequence[str]]

# Elements of a policy and of a statement: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
POLICY_ELEMENTS = frozenset({"Version", "Id", "Statement"})
STATEMENT_ELEMENTS = frozenset({"Sid", "Effect", "Principal", "Action", "Resource", "Condition"})
VERSIONS = frozenset({"2012-10-17", "2008-10-17"})

# Keys with one value:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html,
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-policy-keys,
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
SINGLE_KEYS = frozenset(
    {
        "aws:principalarn",
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:securetransport",
        "ec2:createaction",
        "iam:passedtoservice",
        "s3:if-none-match",
        "s3:objectcreationoperation",
        "s3:prefix",
    }
)
TAG_KEYS = ("aws:requesttag/", "aws:resourcetag/", "ec2:resourcetag/")
MULTIPLE_KEYS = frozenset({"aws:tagkeys"})

ALL, ANY = "ForAllValues", "ForAnyValue"


class UnsupportedPolicyError(NotImplementedError):
    """A policy has something that the sandbox does not imitate; its answer is then an error, not a guess."""


class Decision(StrEnum):
    """What policies say of a request."""

    ALLOW = "allow"
    EXPLICIT_DENY = "explicit deny"
    IMPLICIT_DENY = "implicit deny"


@dataclass(frozen=True)
class Condition:
    """One operator on one key; all conditions of a statement have to hold."""

    operator: str
    qualifier: str
    if_exists: bool
    key: str
    values: tuple[str, ...]

    def holds(self, context: Context) -> bool:
        """Whether the condition is true of a request.

        Several values are alternatives, or with a negated operator all excluded:
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html.
        A key that is missing fails an operator, but not a negated one, `…IfExists` or `ForAllValues`:
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html.
        """
        found = tuple(context.get(self.key, ()))
        if self.operator == "Null":
            return self.values[0] == ("false" if found else "true")
        compare, negated = OPERATORS[self.operator]
        if not found:
            return self.qualifier == ALL or (not self.qualifier and (negated or self.if_exists))
        matches = (any(compare(pattern, value) for pattern in self.values) is not negated for value in found)
        return any(matches) if self.qualifier == ANY else all(matches)


@dataclass(frozen=True)
class Statement:
    """One statement of a policy. `principals` is None in an identity policy, which is about its own principal."""

    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    principals: tuple[str, ...] | None = None

    def applies(self, action: str, resource: str, principal_arn: str, context: Context) -> bool:
        """Whether the statement is about a request."""
        return (
            self._names(principal_arn, context)
            and any(_action_pattern(one).fullmatch(action) for one in self.actions)
            and any(arn_like(one, resource) for one in self.resources)
            and all(condition.holds(context) for condition in self.conditions)
        )

    def _names(self, principal_arn: str, context: Context) -> bool:
        """Whether the statement is about a principal: anybody, by ARN, its role's ARN, or its whole account.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html: an account that
        is allowed something passes that on by its own identity policies, so that Allow alone gives nothing here.
        """
        if self.principals is None or "*" in self.principals:
            return True
        if not principal_arn:
            return False
        own = {principal_arn, *context.get("aws:principalarn", ())}
        if not self.allows:
            account = principal_arn.split(":")[4]
            own |= {account, _root(principal_arn)}
        return not own.isdisjoint(self.principals)


def decide(
    statements: Iterable[Statement], action: str, resource: str, principal_arn: str, context: Context
) -> Decision:
    """What statements say of an action ("ec2:RunInstances") on a resource's ARN, or on "*" if it has none.

    `principal_arn` is the ARN of a user or of a role's session, "" for a request that is not signed. The names of the
    keys in `context` are in lower case.
    """
    applying = [one for one in statements if one.applies(action, resource, principal_arn, context)]
    if not all(one.allows for one in applying):
        return Decision.EXPLICIT_DENY
    return Decision.ALLOW if applying else Decision.IMPLICIT_DENY


def identity_statements(policy: str | bytes | Mapping[str, Any]) -> tuple[Statement, ...]:
    """The statements of a user's or role's policy. Raises UnsupportedPolicyError."""
    return tuple(_statement(one, bucket=False) for one in _statements(policy))


def bucket_statements(policy: str | bytes | Mapping[str, Any]) -> tuple[Statement, ...]:
    """The statements of a bucket's policy. Raises UnsupportedPolicyError."""
    return tuple(_statement(one, bucket=True) for one in _statements(policy))


def arn_like(pattern: str, arn: str) -> bool:
    """Whether a pattern of an ARN matches: each of its six parts by itself, `*` and `?` being wildcards.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html. What has no ARN is
    matched by "*" only.
    """
    if pattern == "*":
        return True
    patterns, parts = pattern.split(":", 5), arn.split(":", 5)
    return len(patterns) == len(parts) == 6 and all(map(text_like, patterns, parts))


def text_like(pattern: str, text: str) -> bool:
    """Whether a pattern matches, `*` standing for any characters, `?` for one, all others for themselves."""
    return _pattern(pattern).fullmatch(text) is not None


@cache
def _pattern(pattern: str, flags: int = 0) -> re.Pattern[str]:
    words = {"*": ".*", "?": "."}
    return re.compile("".join(words.get(one) or re.escape(one) for one in pattern), flags | re.DOTALL)


def _action_pattern(pattern: str) -> re.Pattern[str]:
    return _pattern(pattern, re.IGNORECASE)


def _root(arn: str) -> str:
    _, partition, _, _, account, _ = arn.split(":", 5)
    return f"arn:{partition}:iam::{account}:root"


def _same(one: str, other: str) -> bool:
    return one == other


def _same_truth(one: str, other: str) -> bool:
    return one.lower() == other.lower()


# Comparison of a policy's value with a request's, and whether the operator negates it. ArnEquals is ArnLike:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
OPERATORS: Mapping[str, tuple[Callable[[str, str], bool], bool]] = {
    "StringEquals": (_same, False),
    "StringNotEquals": (_same, True),
    "StringLike": (text_like, False),
    "StringNotLike": (text_like, True),
    "ArnEquals": (arn_like, False),
    "ArnLike": (arn_like, False),
    "ArnNotEquals": (arn_like, True),
    "ArnNotLike": (arn_like, True),
    "Bool": (_same_truth, False),
}


def _statements(policy: str | bytes | Mapping[str, Any]) -> list[Mapping[str, Any]]:
    try:
        document = policy if isinstance(policy, Mapping) else json.loads(policy)
    except ValueError:
        raise UnsupportedPolicyError("a policy that is not JSON") from None
    if not isinstance(document, Mapping):
        raise UnsupportedPolicyError("a policy that is not an object")
    _refuse_others("the element", document, POLICY_ELEMENTS)
    _refuse_others("the version", [document.get("Version", "2008-10-17")], VERSIONS)
    found = document.get("Statement", [])
    listed = [found] if isinstance(found, Mapping) else found
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
        raise UnsupportedPolicyError("a policy without a list of statements")
    return listed


def _statement(given: Mapping[str, Any], bucket: bool) -> Statement:
    _refuse_others("the element", given, STATEMENT_ELEMENTS)
    _refuse_others("the effect", [given.get("Effect")], ("Allow", "Deny"))
    if bucket is not ("Principal" in given):
        raise UnsupportedPolicyError("a bucket policy without, or an identity policy with, a Principal")
    actions, resources = _texts(given.get("Action")), _texts(given.get("Resource"))
    if not actions or not resources:
        raise UnsupportedPolicyError("a statement without Action or Resource")
    return Statement(
        allows=given["Effect"] == "Allow",
        actions=actions,
        resources=resources,
        conditions=tuple(
            _condition(operator, key, values)
            for operator, keys in given.get("Condition", {}).items()
            for key, values in keys.items()
        ),
        principals=_principals(given["Principal"]) if bucket else None,
    )


def _principals(given: Any) -> tuple[str, ...]:
    if given == "*":
        return ("*",)
    if not isinstance(given, Mapping):
        raise UnsupportedPolicyError(f"the principal {given}")
    # A service is never one of the sandbox's callers.
    _refuse_others("the kind of principal", given, ("AWS", "Service"))
    return _texts(given.get("AWS", []))


def _condition(name: str, key: str, given: Any) -> Condition:
    qualifier, colon, bare = name.rpartition(":")
    operator = bare.removesuffix("IfExists")
    if (colon and qualifier not in (ALL, ANY)) or (operator not in OPERATORS and bare != "Null"):
        raise UnsupportedPolicyError(f"the condition operator {name}")
    folded = key.lower()
    single = folded in SINGLE_KEYS or any(folded.startswith(one) and folded != one for one in TAG_KEYS)
    if not single and folded not in MULTIPLE_KEYS:
        raise UnsupportedPolicyError(f"the condition key {key}")
    # AWS warns against a qualifier for one value, and its absence for several; IfExists adds nothing to a qualifier.
    if operator != "Null" and (single is bool(qualifier) or (qualifier and bare != operator)):
        raise UnsupportedPolicyError(f"the condition operator {name} for the key {key}")
    values = _texts(given)
    if not values or (operator == "Null" and (qualifier or values not in (("true",), ("false",)))):
        raise UnsupportedPolicyError(f"the condition {name} of {key} with {given}")
    return Condition(operator, qualifier, bare != operator, folded, values)


def _texts(given: Any) -> tuple[str, ...]:
    listed = given if isinstance(given, (list, tuple)) else [] if given is None else [given]
    texts = tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in listed)
    for text in texts:
        if "${" in text:
            raise UnsupportedPolicyError(f"the policy variable in {text}")
    return texts


def _refuse_others(what: str, given: Iterable[Any], known: Iterable[str]) -> None:
    for one in given:
        if one not in known:
            raise UnsupportedPolicyError(f"{what} {one} of a policy")
