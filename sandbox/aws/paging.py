"""Pages of a list, with a token for the next one; and the filters that EC2's Describe calls share. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from sandbox.aws.protocol import AwsError

T = TypeVar("T")


def page(items: Sequence[T], token: str | None, size: int) -> tuple[Sequence[T], str | None]:
    """The page that a token stands for, and the next page's token. Raises AwsError for an invalid token."""
    start = 0
    if token:
        try:
            start = int(base64.urlsafe_b64decode(token).decode())
        except (binascii.Error, ValueError) as error:
            raise AwsError("InvalidNextToken", "The token is invalid.") from error
    end = start + size
    following = base64.urlsafe_b64encode(str(end).encode()).decode() if end < len(items) else None
    return items[start:end], following


def filters_of(parameters: Mapping[str, Any]) -> dict[str, list[str]]:
    """A call's filters: name -> patterns."""
    return {one["Name"]: list(one.get("Values", ())) for one in parameters.get("Filters", ()) if "Name" in one}


def fits(value: Any, patterns: Sequence[str]) -> bool:
    """Whether a value, or one of several, matches one of a filter's patterns (with * and ?, as in EC2)."""
    values = value if isinstance(value, (list, tuple)) else [value]
    texts = [str(one).lower() if isinstance(one, bool) else str(one) for one in values if one is not None]
    return any(fnmatchcase(text, pattern.replace("[", "[[]")) for text in texts for pattern in patterns)
