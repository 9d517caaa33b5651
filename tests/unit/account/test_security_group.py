"""Whom a security group lets in by SSH."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.account import security_group
from tests.support.account_answers import group, rule


@pytest.mark.parametrize(
    ("source", "rules", "admitted"),
    [
        ("203.0.113.7/32", [rule("203.0.113.0/24")], True),
        ("203.0.113.0/24", [rule("203.0.113.7/32")], False),
        ("203.0.113.7/32", [rule("198.51.100.1/32")], False),
        ("203.0.113.7/32", [rule("203.0.113.7/32", ports=(443, 443))], False),
        ("203.0.113.7/32", [rule("203.0.113.7/32", ports=(0, 1024))], True),
        ("203.0.113.7/32", [rule("203.0.113.7/32", protocol="udp")], False),
        ("203.0.113.7/32", [rule("203.0.113.7/32", protocol="-1")], True),
        ("203.0.113.7/32", [rule("2001:db8::/32")], False),
        ("2001:db8::7/128", [rule("203.0.113.0/24", "2001:db8::/32")], True),
    ],
)
def test_security_group_admits_a_source_that_its_rules_cover(
    source: str, rules: list[dict[str, Any]], admitted: bool
) -> None:
    assert security_group.admits(group(*rules), source) is admitted


@pytest.mark.parametrize(
    ("more", "by_reference"),
    [
        ({}, False),
        ({"PrefixListIds": [{"PrefixListId": "pl-1"}]}, True),
        ({"UserIdGroupPairs": [{"GroupId": "sg-2"}]}, True),
        # Its own members, as in every default group.
        ({"UserIdGroupPairs": [{"GroupId": "sg-1"}]}, False),
    ],
)
def test_rules_without_addresses_are_told_apart(more: dict[str, Any], by_reference: bool) -> None:
    assert security_group.admits_by_reference(group({**rule(), **more})) is by_reference
    assert not security_group.admits_by_reference(group({**rule(ports=(443, 443)), **more}))


def test_ssh_on_another_port_is_held_against_its_own_rules() -> None:
    other = group(rule("203.0.113.7/32", ports=(2222, 2222)))
    assert security_group.admits(other, "203.0.113.7/32", 2222)
    assert not security_group.admits(other, "203.0.113.7/32")
