"""The documented policies allow what the tool asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from botocore import xform_name
from botocore.session import get_session

from benchmarks.aws import prices, quotas, spot_prices, tags
from benchmarks.pages import policy_page
from benchmarks.paths import ROOT
from benchmarks.picker import region_data
from benchmarks.results import result_keys
from tests.support import documented_policies

# Everything that runs use: what is only for setting up an account is in another policy.
PARTS = ("aws", "launch", "picker", "preflight", "results")


def allowed() -> set[str]:
    """The permissions of who runs bench."""
    return documented_policies.actions(policy_page.RUN)


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
    policy = json.loads(policy_page.RUN.read_text())
    (statement,) = (one for one in policy["Statement"] if "ec2:DeleteVolume" in one["Action"])
    assert statement["Condition"] == {"Null": {f"aws:ResourceTag/{tags.RUN}": "false"}}
    assert "ec2:DescribeVolumes" in allowed()


def test_who_runs_bench_may_launch_only_what_they_may_end() -> None:
    policy = json.loads(policy_page.RUN.read_text())
    unconditional, tagged = (one for one in policy["Statement"] if one["Action"] == ["ec2:RunInstances"])
    assert "Condition" not in unconditional
    assert not any(kind in arn for arn in unconditional["Resource"] for kind in (":instance/", ":volume/"))
    assert tagged["Condition"] == {"Null": {f"aws:RequestTag/{tags.RUN}": "false"}}


def test_who_runs_bench_touches_only_results() -> None:
    policy = json.loads(policy_page.RUN.read_text())
    (statement,) = (one for one in policy["Statement"] if "s3:PutObject" in one["Action"])
    assert statement["Resource"].endswith(f"/{result_keys.ROOT}*")


def recorded() -> dict[str, set[str]]:
    """What the policies allow, as calls."""
    kinds = documented_policies.DEPENDENT
    return {path.name: documented_policies.actions(path) - dependent.keys() for path, dependent in kinds.items()}


def test_policies_that_allow_just_what_was_called_are_in_order() -> None:
    first, second = recorded(), recorded()
    first[policy_page.RUN.name].remove("ec2:RunInstances")  # each sandbox sees a part of the calls
    second[policy_page.RUN.name] = {"ec2:RunInstances"}
    assert documented_policies.differences([first, second]) == []


def test_permission_that_nothing_called_and_call_without_permission_are_found() -> None:
    called = recorded()
    called[policy_page.RUN.name] ^= {"ec2:TerminateInstances", "ec2:StopInstances"}
    assert documented_policies.differences([called]) == [
        "iam-policy.json lacks ec2:StopInstances, which was called.",
        "iam-policy.json allows ec2:TerminateInstances, which nothing called.",
    ]


def test_nothing_called_is_not_in_order() -> None:
    assert len(documented_policies.differences([])) > 10


def test_dependent_action_that_is_called_needs_no_reason() -> None:
    called = recorded()
    called[policy_page.RUN.name].add("iam:PassRole")
    (found,) = documented_policies.differences([called])
    assert "iam:PassRole was called" in found


def test_every_dependent_action_has_a_page_of_aws() -> None:
    for path, dependent in documented_policies.DEPENDENT.items():
        assert dependent.keys() <= documented_policies.actions(path)
        assert all(url.startswith("https://docs.aws.amazon.com/") for url in dependent.values())
