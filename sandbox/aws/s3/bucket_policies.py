"""Whether a bucket policy makes a bucket public. Pure.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html: a statement for any
principal, without a condition that restricts it, makes a policy public.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

READ = "s3:GetObject"


def is_public(policy: str | bytes) -> bool:
    """Whether a policy allows anyone anything. Text that is not a policy is not public."""
    return any(True for _ in _open_statements(policy))


def lets_anybody_read(policy: str | bytes, bucket: str, key: str) -> bool:
    """Whether a policy allows anyone to read an object, and denies it to no one."""
    resource = f"arn:aws:s3:::{bucket}/{key}"
    if any(
        statement.get("Effect") == "Deny"
        and _fits(statement.get("Action"), READ, fold=True)
        and _fits(statement.get("Resource"), resource)
        for statement in _statements(policy)
    ):
        return False
    return any(
        _fits(statement.get("Action"), READ, fold=True) and _fits(statement.get("Resource"), resource)
        for statement in _open_statements(policy)
    )


def _statements(policy: str | bytes) -> Iterable[Mapping[str, Any]]:
    try:
        found = json.loads(policy).get("Statement", [])
    except (ValueError, AttributeError):
        return []
    return [found] if isinstance(found, Mapping) else found


def _open_statements(policy: str | bytes) -> Iterable[Mapping[str, Any]]:
    for statement in _statements(policy):
        principal = statement.get("Principal")
        anybody = principal == "*" or (isinstance(principal, Mapping) and _fits(principal.get("AWS"), "*"))
        if statement.get("Effect") == "Allow" and anybody and not statement.get("Condition"):
            yield statement


def _fits(patterns: Any, value: str, fold: bool = False) -> bool:
    listed = [patterns] if isinstance(patterns, str) else list(patterns or ())
    if fold:
        return any(fnmatchcase(value.lower(), str(one).lower()) for one in listed)
    return any(fnmatchcase(value, str(one)) for one in listed)
