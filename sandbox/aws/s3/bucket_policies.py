"""Whether a bucket policy makes a bucket public. Pure.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html: a statement for any
principal, without a condition that restricts it, makes a policy public.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.aws.iam.policies import Decision, bucket_statements, decide

READ = "s3:GetObject"


def is_public(policy: str | bytes) -> bool:
    """Whether a policy allows anyone anything. Text that is not a policy is not public."""
    return any(True for _ in _open_statements(policy))


def lets_anybody_read(policy: str | bytes, bucket: str, key: str) -> bool:
    """Whether a policy allows who is not known to read an object. Raises UnsupportedPolicyError."""
    resource = f"arn:aws:s3:::{bucket}/{key}"
    # The sandbox's plain HTTP stands for AWS's HTTPS.
    context = {"aws:securetransport": ("true",)}
    return decide(bucket_statements(policy), READ, resource, "", context) is Decision.ALLOW


def _statements(policy: str | bytes) -> Iterable[Mapping[str, Any]]:
    try:
        found = json.loads(policy).get("Statement", [])
    except (ValueError, AttributeError):
        return []
    return [found] if isinstance(found, Mapping) else found


def _open_statements(policy: str | bytes) -> Iterable[Mapping[str, Any]]:
    for statement in _statements(policy):
        principal = statement.get("Principal")
        anybody = principal == "*" or (isinstance(principal, Mapping) and _names_all(principal.get("AWS")))
        if statement.get("Effect") == "Allow" and anybody and not statement.get("Condition"):
            yield statement


def _names_all(principals: Any) -> bool:
    return "*" in ([principals] if isinstance(principals, str) else list(principals or ()))
