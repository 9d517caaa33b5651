"""Which rules of a security group are a user's own, and which of them are outdated."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.account import own_rules
from benchmarks.account import survey as account_survey
from tests.support.account_answers import COMPLETE, TARGET, group
from tests.support.aws_fakes import FakeClient, aws_error

OWN = "SSH for alice (benchmarks)"
NOW = "203.0.113.7/32"


def ssh(*ranges: tuple[str, str | None], ports: tuple[int, int] = (22, 22), protocol: str = "tcp") -> dict[str, Any]:
    """A rule with ranges and their descriptions."""

    def described(kind: str, of: bool) -> list[dict[str, str]]:
        return [
            {kind: cidr, **({"Description": text} if text is not None else {})}
            for cidr, text in ranges
            if (":" in cidr) is of
        ]

    return {
        "IpProtocol": protocol,
        "FromPort": ports[0],
        "ToPort": ports[1],
        "IpRanges": described("CidrIp", False),
        "Ipv6Ranges": described("CidrIpv6", True),
    }


@pytest.mark.parametrize(
    ("owner", "text"),
    [
        ("alice", OWN),
        ("a.b+c=d,e@example.com", "SSH for a.b+c=d,e@example.com (benchmarks)"),
        ("zoë <z>|'%~", "SSH for zo- -z----- (benchmarks)"),
        ("x" * 300, "SSH for " + "x" * 234 + " (benchmarks)"),
    ],
)
def test_a_description_is_written_as_ec2_accepts_it(owner: str, text: str) -> None:
    assert own_rules.description(owner) == text


@pytest.mark.parametrize(
    ("rule", "allow_from", "old"),
    [
        (ssh(("198.51.100.1/32", OWN)), NOW, ["198.51.100.1/32"]),
        (ssh(("198.51.100.1/32", OWN), ("198.51.100.2/32", OWN)), NOW, ["198.51.100.1/32", "198.51.100.2/32"]),
        (ssh(("2001:db8::1/128", OWN)), "2001:db8::2/128", ["2001:db8::1/128"]),
        # The present address, a wider range, and a colleague's rules.
        (ssh((NOW, OWN)), NOW, []),
        (ssh(("198.51.100.0/24", OWN)), NOW, []),
        (ssh(("198.51.100.1/32", "SSH for alice2 (benchmarks)")), NOW, []),
        (ssh(("198.51.100.1/32", "ssh for alice (benchmarks)")), NOW, []),
        # What somebody may have written by hand.
        (ssh(("198.51.100.1/32", "SSH for alice")), NOW, []),
        (ssh(("198.51.100.1/32", None)), NOW, []),
        # Rules for more than SSH.
        (ssh(("198.51.100.1/32", OWN), ports=(0, 65535)), NOW, []),
        (ssh(("198.51.100.1/32", OWN), ports=(443, 443)), NOW, []),
        (ssh(("198.51.100.1/32", OWN), protocol="udp"), NOW, []),
        # A range does not replace an address, nor does an address of the other family.
        (ssh(("198.51.100.1/32", OWN)), "203.0.113.0/24", []),
        (ssh(("2001:db8::1/128", OWN)), NOW, []),
    ],
)
def test_only_own_single_addresses_are_outdated(rule: dict[str, Any], allow_from: str, old: list[str]) -> None:
    assert own_rules.outdated(group(rule), OWN, allow_from) == old


def test_a_range_that_was_given_is_one_more() -> None:
    shown = group(ssh(("198.51.100.1/32", OWN)))
    found = account_survey.survey(replace(TARGET, replaces_own=False), replace(COMPLETE, security_group=shown))
    assert found.outdated == ()
    (missing,) = found.missing
    assert missing.text == f"its rule: SSH (TCP port 22) from {NOW}"
    (note,) = found.notes
    assert "also lets in 198.51.100.1/32 by SSH" in note


def ec2(*ranges: tuple[str, str | None], revoking: Any = None) -> FakeClient:
    return FakeClient(
        describe_security_groups={"SecurityGroups": [group(ssh(*ranges))]},
        revoke_security_group_ingress=revoking or {"Return": True},
    )


def test_outdated_addresses_are_taken_back_one_by_one_and_nothing_else() -> None:
    client = ec2((NOW, OWN), ("198.51.100.1/32", OWN), ("198.51.100.9/32", "SSH for bob (benchmarks)"))
    assert own_rules.revoke_outdated(client, "vpc-1", OWN, NOW) == ["198.51.100.1/32"]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "198.51.100.1/32"}]}
    assert client.called("revoke_security_group_ingress") == [{"GroupId": "sg-1", "IpPermissions": [rule]}]


@pytest.mark.parametrize("dry", [True, False])
def test_nothing_is_taken_back_in_check_mode_or_before_the_present_address_is_let_in(dry: bool) -> None:
    client = ec2(("198.51.100.1/32", OWN))
    assert own_rules.revoke_outdated(client, "vpc-1", OWN, NOW, dry) == (["198.51.100.1/32"] if dry else [])
    assert client.called("revoke_security_group_ingress") == []


def test_a_rule_that_is_gone_meanwhile_is_no_change() -> None:
    client = ec2((NOW, OWN), ("198.51.100.1/32", OWN), revoking=aws_error("InvalidPermission.NotFound"))
    assert own_rules.revoke_outdated(client, "vpc-1", OWN, NOW) == []


def test_the_survey_says_which_address_is_replaced_and_not_to_remove_it_by_hand() -> None:
    shown = group(ssh(("198.51.100.1/32", OWN), ("198.51.100.9/32", "SSH for bob (benchmarks)")))
    found = account_survey.survey(TARGET, type(COMPLETE)(**{**vars(COMPLETE), "security_group": shown}))
    assert found.outdated == ("198.51.100.1/32",)
    (missing,) = found.missing
    assert missing.text.endswith(f"from {NOW}, replaces 198.51.100.1/32 (your earlier address)")
    (note,) = found.notes
    assert "also lets in 198.51.100.9/32 by SSH" in note
