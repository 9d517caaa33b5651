"""The documented policies allow what the tool asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from botocore import xform_name
from botocore.session import get_session

from benchmarks.aws import prices, quotas, spot_prices, tags
from benchmarks.paths import ROOT
from benchmarks.picker import region_data

# Everything that runs use: what is only for setting up an account is in another policy.
PARTS = ("aws", "launch", "picker", "preflight", "results")


def allowed() -> set[str]:
    """The permissions of who runs bench."""
    text = (ROOT / "docs/iam-policy.md").read_text()
    (policy,) = re.findall(r"## Who runs `bench`\n.*?```json\n(.*?)```", text, re.DOTALL)
    return set(re.findall(r'"(\w+:\w+)"', policy))


def described() -> Iterator[str]:
    """The permissions of EC2's Describe calls in the code."""
    actions = {xform_name(name): name for name in get_session().get_service_model("ec2").operation_names}
    for part in PARTS:
        for path in (ROOT / "benchmarks" / part).glob("*.py"):
            for name in re.findall(r"\bdescribe_\w+", path.read_text()):
                if name in actions:
                    yield f"ec2:{actions[name]}"


def test_who_runs_bench_may_ask_for_all_that_the_picker_shows() -> None:
    assert {part.permission for part in region_data.PARTS.values()} <= allowed()


def test_who_runs_bench_may_ask_for_prices_and_quotas() -> None:
    assert {prices.PERMISSION, spot_prices.PERMISSION, quotas.PERMISSION, quotas.DEFAULT_PERMISSION} <= allowed()


def test_who_runs_bench_may_describe_all_that_a_run_looks_at() -> None:
    found = set(described())
    assert {"ec2:DescribeInstances", "ec2:DescribeSubnets", "ec2:DescribeInstanceCreditSpecifications"} <= found
    assert found <= allowed()


def test_who_runs_bench_may_delete_only_volumes_of_runs() -> None:
    text = (ROOT / "docs/iam-policy.md").read_text()
    (policy,) = re.findall(r"## Who runs `bench`\n.*?```json\n(.*?)```", text, re.DOTALL)
    (statement,) = (one for one in json.loads(policy)["Statement"] if "ec2:DeleteVolume" in one["Action"])
    assert statement["Condition"] == {"Null": {f"aws:ResourceTag/{tags.RUN}": "false"}}
    assert "ec2:DescribeVolumes" in allowed()
