"""Where in an account runs are set up, and how what is not given is filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.account.target import choose_target
from benchmarks.errors import RefusedError
from tests.support.account_answers import TARGET, connector, error


def test_owner_is_written_as_iam_accepts_tags() -> None:
    assert replace(TARGET, owner="a,b@example.com").tags["benchmarks:owner"] == "a-b@example.com"


def parameters(**given: Any) -> dict[str, Any]:
    defaults = {
        "launch_template": "benchmarks",
        "bucket": None,
        "region": "eu-central-1",
        "subnet": None,
        "allow_from": None,
    }
    return defaults | given


def own() -> str:
    return "203.0.113.7/32"


def test_target_is_filled_in_from_account_and_address() -> None:
    assert choose_target(parameters(), connector(), own) == TARGET


def test_own_address_is_not_asked_when_a_range_is_given() -> None:
    def ask() -> str:
        raise AssertionError("asked")

    assert choose_target(parameters(allow_from="198.51.100.0/24"), connector(), ask).allow_from == "198.51.100.0/24"


@pytest.mark.parametrize(
    ("given", "seen_from", "replaces"),
    [
        (None, None, True),
        ("198.51.100.1/32", None, False),
        ("198.51.100.1/32", "198.51.100.1/32", True),
        ("198.51.100.1/32", "203.0.113.7/32", False),
    ],
)
def test_only_the_address_where_one_is_seen_takes_the_earlier_ones_place(
    given: str | None, seen_from: str | None, replaces: bool
) -> None:
    assert choose_target(parameters(allow_from=given), connector(), own, seen_from).replaces_own is replaces


def test_an_address_that_is_not_known_is_empty_and_takes_no_place() -> None:
    target = choose_target(parameters(), connector(), lambda: "")
    assert (target.allow_from, target.replaces_own) == ("", False)


def test_who_has_a_role_without_a_name_in_it_adds_rules_under_the_roles_name_and_takes_none_back() -> None:
    arn = "arn:aws:sts::123456789012:assumed-role/team/botocore-session-1700000000"
    connect = connector(get_caller_identity={"Account": "123456789012", "Arn": arn})
    target = choose_target(parameters(), connect, own)
    assert (target.rule_description, target.replaces_own) == ("SSH for team (benchmarks)", False)
    assert target.owner == "team"


def test_results_are_public_only_if_asked_for() -> None:
    assert choose_target(parameters(public=True), connector(), own).public
    assert not choose_target(parameters(public=False), connector(), own).public


def test_subnet_decides_the_vpc() -> None:
    subnets: Sequence[Mapping[str, Any]] = [{"VpcId": "vpc-2", "MapPublicIpOnLaunch": False}]
    target = choose_target(parameters(subnet="subnet-1"), connector(describe_subnets={"Subnets": subnets}), own)
    assert (target.vpc, target.private_subnet) == ("vpc-2", "subnet-1")


@pytest.mark.parametrize(
    ("given", "answers", "sentence"),
    [
        ({}, {"describe_vpcs": {"Vpcs": []}}, "eu-central-1 has no default VPC: give --subnet"),
        ({"subnet": "subnet-1"}, {"describe_subnets": {"Subnets": []}}, "There is no subnet subnet-1 in eu-central-1"),
        ({"allow_from": "0.0.0.0/0"}, {}, "allow_from must not be 0.0.0.0/0"),
        ({"allow_from": "::/0"}, {}, "allow_from must not be ::/0"),
        ({"bucket": "My_Bucket"}, {}, "bucket must be 3 to 63 lowercase letters"),
        ({"launch_template": "a b"}, {}, "launch_template must be 3 to 128 letters"),
        ({}, {"get_caller_identity": error("InvalidClientTokenId")}, "AWS does not accept the credentials"),
    ],
)
def test_target_that_cannot_be_is_refused(given: dict[str, Any], answers: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence.replace(".", r"\.")):
        choose_target(parameters(**given), connector(**answers), own)
