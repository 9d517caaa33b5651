"""What else than a missing permission keeps an AWS user from an operation, as AWS tells in its refusal.

A refusal ends in "with an explicit deny in a TYPE policy" or "because no TYPE policy allows the ACTION action", and may
name the policy's ARN. Some services and operations give no such reason, and of several AWS names one:
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import botocore.exceptions


@dataclass(frozen=True)
class Barrier:
    """Something that forbids an operation whatever the user's own policies allow, and what to do about it."""

    what: str
    remedy: str


_ORGANISATION = "ask who administers your organisation in AWS"
_IDENTITY = Barrier(
    "An explicit deny in a policy of your AWS user", "ask who administers your AWS user to end it for this"
)
# By AWS's own words.
_TYPES = (
    ("service control policy", Barrier("A service control policy of your organisation", _ORGANISATION)),
    ("resource control policy", Barrier("A resource control policy of your organisation", _ORGANISATION)),
    (
        "permissions boundary",
        Barrier("The permissions boundary of your AWS user", "ask who administers your AWS user to widen the boundary"),
    ),
    (
        "session policy",
        Barrier("The policy of your session", "sign in by a role or profile whose sessions may do it"),
    ),
    (
        "vpc endpoint policy",
        Barrier("The policy of the VPC endpoint that AWS is reached through", "ask who administers that network"),
    ),
)
_REASON = re.compile(
    r"(?:an explicit deny in an? |because no )(?P<type>" + "|".join(name for name, _ in _TYPES) + r")\b", re.IGNORECASE
)
_EXPLICIT = re.compile(r"an explicit deny in an? (?P<type>identity|resource)-based policy", re.IGNORECASE)
_RESOURCE = Barrier("An explicit deny in the resource's own policy", "ask who administers the resource to end it")


def find(message: str) -> Barrier | None:
    """What a refusal of AWS's names, None if it is a permission that is missing, or not told."""
    if found := _REASON.search(message):
        return dict(_TYPES)[found["type"].lower()]
    if explicit := _EXPLICIT.search(message):
        return _IDENTITY if explicit["type"].lower() == "identity" else _RESOURCE
    return None


def of(error: botocore.exceptions.ClientError) -> Barrier | None:
    """The same of a refusal as an exception."""
    return find(str(error.response.get("Error", {}).get("Message", "")))
