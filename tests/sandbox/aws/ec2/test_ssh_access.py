"""Which rules of security groups let this computer reach an instance by ssh."""

from __future__ import annotations

import pytest

from sandbox.aws.ec2.ssh_access import ssh_open

URL = "http://192.0.2.7:5000"


@pytest.mark.parametrize(
    ("rule", "admitted"),
    [
        (("tcp", 22, 22, "127.0.0.1/32"), True),
        (("tcp", 0, 1024, "127.0.0.0/8"), True),
        (("-1", -1, 65535, "0.0.0.0/0"), True),
        (("tcp", 22, 22, "192.0.2.7/32"), True),
        (("tcp", 22, 22, "192.0.2.9/24"), True),
        (("tcp", 22, 22, "192.0.2.8/32"), False),
        (("udp", 22, 22, "127.0.0.0/8"), False),
        (("tcp", 23, 443, "127.0.0.0/8"), False),
        (("tcp", 22, 22, "::/0"), False),
    ],
)
def test_a_rule_admits_this_computer_by_loopback_or_by_the_endpoints_address(
    rule: tuple[str, int, int, str], admitted: bool
) -> None:
    assert ssh_open([rule], URL) is admitted


def test_one_rule_of_many_is_enough_and_none_admits_nobody() -> None:
    assert ssh_open([("tcp", 443, 443, "0.0.0.0/0"), ("tcp", 22, 22, "127.0.0.1/32")], URL)
    assert not ssh_open([], URL)


@pytest.mark.parametrize("url", ["", "http://sandbox.example:5000"])
def test_an_endpoint_without_an_address_leaves_loopback(url: str) -> None:
    assert ssh_open([("tcp", 22, 22, "127.0.0.1/32")], url)
    assert not ssh_open([("tcp", 22, 22, "192.0.2.7/32")], url)
