"""What setup made is known by its tags, descriptions and names, which are those that setup writes."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.account import bucket_policy, made_by_setup, own_rules, role
from benchmarks.account.bucket import UPLOAD_RULE
from benchmarks.paths import ROOT
from tests.support.account_answers import TARGET
from tests.support.repository import yaml_of
from tests.support.torn_down_account import TAGS, group, ssh


def test_marks_are_those_that_setup_writes() -> None:
    template = yaml_of(ROOT / "roles/setup/files/launch_template.yml")
    assert template["VersionDescription"] == made_by_setup.TEMPLATE_VERSION
    written = [
        bucket_policy.only_add("aws", "mine", "arn:aws:iam::123456789012:role/benchmarks"),
        bucket_policy.anyone_reads("aws", "mine"),
    ]
    assert {one["Sid"] for one in written} == made_by_setup.STATEMENTS
    assert role.policy_name("any").startswith(made_by_setup.POLICY)
    assert set(TARGET.tags) == made_by_setup.TAGS


@pytest.mark.parametrize(
    ("tags", "made"),
    [(TAGS, True), (TAGS[:1], False), ([], False), ([*TAGS, {"Key": "team", "Value": "crypto"}], True)],
)
def test_resource_needs_both_tags(tags: list[dict[str, str]], made: bool) -> None:
    assert made_by_setup.is_tagged({"Tags": tags}) is made


def test_resource_without_tags_is_not_of_setup() -> None:
    assert not made_by_setup.is_tagged({})


def test_rules_that_setup_writes_are_known_again_whatever_the_users_name() -> None:
    for name in ("alice", "a.b@example.com", "x" * 300):
        found = group(ssh("203.0.113.7/32", description=own_rules.description(name)))
        assert made_by_setup.cidrs(made_by_setup.ssh_permissions(found)) == ["203.0.113.7/32"]


def test_only_rules_for_ssh_with_setups_description_are_of_setup() -> None:
    other_port = {**ssh("192.0.2.1/32"), "FromPort": 22, "ToPort": 23}
    everything = {
        "IpProtocol": "-1",
        "IpRanges": [{"CidrIp": "192.0.2.2/32", "Description": "SSH for alice (benchmarks)"}],
    }
    found = group(
        ssh("203.0.113.7/32", "2001:db8::/64"),
        ssh("198.51.100.1/32", description="office"),
        ssh("198.51.100.2/32", description=None),
        ssh("198.51.100.3/32", description="SSH for alice"),
        ssh("198.51.100.4/32", description="SSH for alice (benchmarks) and bob"),
        ssh("198.51.100.5/32", description="SSH for the office"),
        ssh("198.51.100.6/32", description="our SSH for alice (benchmarks)"),
        other_port,
        everything,
    )
    permissions = made_by_setup.ssh_permissions(found)
    assert made_by_setup.cidrs(permissions) == ["203.0.113.7/32", "2001:db8::/64"]
    assert permissions[0] == {
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
        "IpRanges": [{"CidrIp": "203.0.113.7/32"}],
    }


@pytest.mark.parametrize(
    ("rule", "made"),
    [
        (UPLOAD_RULE, True),
        ({**UPLOAD_RULE, "ID": "mine"}, False),
        ({**UPLOAD_RULE, "Expiration": {"Days": 9}}, False),
    ],
)
def test_lifecycle_rule_that_does_more_is_the_users(rule: dict[str, Any], made: bool) -> None:
    assert made_by_setup.is_upload_rule(rule) is made


def test_statement_is_known_by_its_whole_sid() -> None:
    assert made_by_setup.is_statement({"Sid": "BenchmarksAnyoneReadsResults"})
    assert made_by_setup.is_statement({"Sid": "BenchmarksInstancesOnlyAddResults"})
    assert not made_by_setup.is_statement({"Sid": "BenchmarksTeamReads"})
    assert not made_by_setup.is_statement({})


def test_regions_are_those_of_default_buckets() -> None:
    named = ["write-to-benchmarks-123456789012-us-gov-west-1", "write-to-mine", "other"]
    assert list(made_by_setup.regions(named)) == ["us-gov-west-1"]
