"""The page of IAM policies shows the policies in files, into which `./inv generate` writes that of instances."""

from __future__ import annotations

import json
import re

from benchmarks.account import role
from benchmarks.aws.resource_names import default_bucket
from benchmarks.paths import ROOT

PATH = ROOT / "docs/iam-policy.md"
SETUP = ROOT / "docs/iam-setup-policy.json"
TEARDOWN = ROOT / "docs/iam-teardown-policy.json"
RUN = ROOT / "docs/iam-policy.json"
INSTANCE = ROOT / "docs/iam-instance-policy.json"
# What users replace: the account's number, and the region. The partition is AWS's own.
ACCOUNT, REGION, PARTITION = "ACCOUNT", "REGION", "aws"
_BLOCK = re.compile(
    r"(<!-- Made from (?P<name>[a-z-]+\.json) by \./inv generate\. -->\n\n```json\n).*?(```)", re.DOTALL
)


def page(text: str) -> str:
    """The page with the content of the files that it names in its blocks."""

    def shown(found: re.Match[str]) -> str:
        return f"{found[1]}{(PATH.parent / found['name']).read_text()}{found[3]}"

    return _BLOCK.sub(shown, text)


def instance_policy() -> str:
    """The policy that setup gives the role of instances, as JSON."""
    return json.dumps(role.policy(PARTITION, default_bucket(ACCOUNT, REGION)), indent=2) + "\n"
