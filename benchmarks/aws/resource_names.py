"""What the resources that runs use in an account are called; those of a run carry its tags."""

from __future__ import annotations

# The security group, the role, the instance profile, and the launch template unless the user names another.
NAME = "benchmarks"


def default_bucket(account: str, region: str) -> str:
    """The bucket for results, unless the user names another."""
    return f"{NAME}-{account}-{region}"
