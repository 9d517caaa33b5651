"""The name of the resources that all runs share in an account; resources of one run carry its tags instead."""

from __future__ import annotations

# Of the security group, the role and the instance profile, and the default for the launch template.
NAME = "benchmarks"
# What the keys of all results begin with; permissions are about them.
RESULTS = "results/"


def default_bucket(account: str, region: str) -> str:
    """The bucket for results, unless the user names another."""
    return f"{NAME}-{account}-{region}"
