"""What EC2 refuses to a user, told by what has to change: their own permissions, or what stands above these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from botocore.exceptions import ClientError

from benchmarks.aws import aws_errors, barriers
from benchmarks.aws.barriers import Barrier


def told(refused: Mapping[str, ClientError], lacking: Callable[[Sequence[str]], str]) -> str:
    """Sentences on refused permissions, each with AWS's answer; `lacking` says it of those that the user only lacks."""
    by_barrier: dict[Barrier | None, list[str]] = {}
    for permission, error in refused.items():
        by_barrier.setdefault(barriers.of(error), []).append(permission)
    lacked = by_barrier.pop(None, [])
    sentences = [aws_errors.forbidden(", ".join(named), refused[named[0]]) for named in by_barrier.values()]
    return " ".join([*([lacking(lacked)] if lacked else []), *sentences])
