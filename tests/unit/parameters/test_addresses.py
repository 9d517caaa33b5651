"""Which addresses of machines and of those who may reach them are taken."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.errors import RefusedError
from benchmarks.parameters import addresses
from benchmarks.parameters.addresses import Host

USERS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,20}", fullmatch=True)
NAMES = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9-]{0,10}[a-z])?(\.[a-z][a-z0-9]{0,10}){0,3}", fullmatch=True)
SIXES = st.ip_addresses(v=6).map(str)
PORTS = st.integers(1, 65535)


@given(st.none() | USERS, NAMES | st.ip_addresses(v=4).map(str), st.none() | PORTS)
def test_a_host_is_read_as_it_is_written(user: str | None, address: str, port: int | None) -> None:
    text = (f"{user}@" if user else "") + address + (f":{port}" if port else "")
    assert addresses.parse_host(text) == Host(address, user, port)


@given(st.none() | USERS, SIXES, st.none() | PORTS)
@example(None, "::ffff:192.0.2.7", 22)
def test_an_ipv6_host_is_read_in_brackets(user: str | None, address: str, port: int | None) -> None:
    text = (f"{user}@" if user else "") + f"[{address}]" + (f":{port}" if port else "")
    assert addresses.parse_host(text) == Host(address, user, port)


@given(st.text())
def test_any_text_is_a_host_or_is_refused(text: str) -> None:
    try:
        addresses.parse_host(text)
    except RefusedError as error:
        assert str(error).startswith("host must be [user@]address[:port], such as ubuntu@192.0.2.7:22, not ")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a b",
        "-oProxyCommand=x",
        "me@-x",
        "host:0",
        "host:65536",
        "host:" + "9" * 5000,
        "::1",
        "h:٢",
        "a@b@c",
        "[:::]",
        "[1.2.3.4]",
        "[::1",
    ],
)
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match=r"^host must be \[user@\]address\[:port\]"):
        addresses.parse_host(text)


@pytest.mark.parametrize("text", ["203.0.113.7/32", "203.0.113.0/24", "2001:db8::1/128"])
def test_a_source_range_is_taken(text: str) -> None:
    assert addresses.check_source_range(text) == text


@pytest.mark.parametrize("text", ["home", "203.0.113.7/24", "203.0.113.7/33"])
def test_what_is_no_source_range_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match=r"^allow_from must be an address range such as 203\.0\.113\.7/32, not '"):
        addresses.check_source_range(text)
