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
