"""What a call needs: actions on resources, each with its context. Pure.

By the Service Authorization Reference, https://docs.aws.amazon.com/service-authorization/latest/reference/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sandbox.aws.iam.policies import Context

# The resource of an action that supports no other.
NO_RESOURCE = "*"


@dataclass(frozen=True)
class Need:
    """An action on a resource. `context` has keys in lower case, beside those that every request has."""

    action: str
    resource: str = NO_RESOURCE
    context: Context = field(default_factory=dict)


def resource_tags(tags: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The keys by which policies see the tags of what there is."""
    prefixes = ("aws:resourcetag/", "ec2:resourcetag/")
    return {f"{prefix}{key.lower()}": (value,) for key, value in tags.items() for prefix in prefixes}


def request_tags(tags: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The keys by which policies see the tags that a request gives."""
    seen: dict[str, tuple[str, ...]] = {f"aws:requesttag/{key.lower()}": (value,) for key, value in tags.items()}
    return seen | ({"aws:tagkeys": tuple(tags)} if tags else {})


def tags_of(listed: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Tags as calls write them, by key."""
    return {tag["Key"]: tag.get("Value", "") for tag in listed}
