"""The policies that the documentation gives users, and what is called under them.

Each call of a user is in the journal of the sandbox; what the policies allow beyond that has a reason in DEPENDENT.
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.pages import policy_page
from tests.support.aws_clients import client

# The directory into which each sandbox's calls are written, for the check of all of them at the end.
DIRECTORY = "BENCHMARKS_RECORDED_PERMISSIONS"

# What a call of another name needs on AWS, by policy, and where AWS says so.
DEPENDENT: Mapping[Path, Mapping[str, str]] = {
    policy_page.RUN: {
        "ec2:CreateTags": "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html",
        "iam:PassRole": "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    },
    policy_page.SETUP: {
        "ec2:CreateTags": "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html",
        "iam:PassRole": "https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html",
        "iam:TagInstanceProfile": "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html",
        "iam:TagRole": "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html",
    },
    policy_page.TEARDOWN: {
        # Only of a bucket that was there before and has no other statement; and what DeleteObjects, by which all of the
        # bucket's objects go, needs for versions.
        "s3:DeleteBucketPolicy": "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html",
        "s3:DeleteObjectVersion": "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html",
    },
}


def actions(path: Path) -> set[str]:
    """The actions that a policy allows."""
    allowed: set[str] = set()
    for statement in json.loads(path.read_text())["Statement"]:
        given = statement["Action"]
        allowed |= {given} if isinstance(given, str) else set(given)
    return allowed


def document(path: Path, account: str) -> str:
    """A policy as a user of the account attaches it."""
    return path.read_text().replace(policy_page.ACCOUNT, account)


@dataclass(frozen=True)
class User:
    """A user of a sandbox's account who has documented policies and nothing else."""

    name: str
    policies: tuple[Path, ...]
    variables: Mapping[str, str]  # the environment variables with the key


def new_user(facts: Mapping[str, Any], *policies: Path) -> User:
    """Make a user as the page of policies says."""
    iam, name = client(facts, "iam"), policies[0].stem
    iam.create_user(UserName=name)
    for policy in policies:
        text = document(policy, facts["account_id"])
        iam.put_user_policy(UserName=name, PolicyName=policy.stem, PolicyDocument=text)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    variables = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    return User(name, policies, variables)


def check(facts: Mapping[str, Any], users: Iterable[User]) -> None:
    """Check, before a sandbox goes, what its users have called; and keep it for the check of the whole suite.

    A call counts for the first of the user's policies that allows it.

    Raises AssertionError if a call was denied by a user's policies, is in none, or is not known to the sandbox.
    """
    calls = [json.loads(line) for line in (Path(facts["directory"]) / "requests.log").read_text().splitlines()]
    found: dict[str, set[str]] = {}
    for user in users:
        theirs = [call for call in calls if call["access_key_id"] == user.variables["AWS_ACCESS_KEY_ID"]]
        refused = [call for call in theirs if call["denied"] or call["status"] == 501]
        assert not refused, f"{user.name}: {[(one['service'], one['action'], one['parameters']) for one in refused]}"
        recorded = {call["permission"] for call in theirs if call["permission"]}
        for policy in user.policies:
            found.setdefault(policy.name, set()).update(recorded & actions(policy))
            recorded -= actions(policy)
        assert not recorded, f"{user.name}: {sorted(recorded)}"
    if directory := os.environ.get(DIRECTORY):
        (Path(directory) / f"{uuid.uuid4().hex}.json").write_text(
            json.dumps({name: sorted(one) for name, one in found.items()})
        )


def differences(recorded: Iterable[Mapping[str, Iterable[str]]]) -> list[str]:
    """How the policies differ from what was recorded in all sandboxes together, as sentences."""
    called: dict[str, set[str]] = {}
    for one in recorded:
        for name, permissions in one.items():
            called.setdefault(name, set()).update(permissions)
    found = []
    for path, dependent in DEPENDENT.items():
        used = called.get(path.name, set()) | dependent.keys()
        found += [f"{path.name} lacks {action}, which was called." for action in sorted(used - actions(path))]
        found += [f"{path.name} allows {action}, which nothing called." for action in sorted(actions(path) - used)]
        both = called.get(path.name, set()) & dependent.keys()
        found += [f"{action} was called, and is no dependent action of {path.name}." for action in sorted(both)]
    return found


def main(directory: str) -> int:
    """Compare the policies with the calls of a whole run of the integration tests."""
    found = differences(json.loads(path.read_text()) for path in Path(directory).glob("*.json"))
    print("\n".join(found) or "The documented policies allow what was called, and nothing else.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
