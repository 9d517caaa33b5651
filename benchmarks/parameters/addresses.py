"""Addresses: of the user's own machine, and of those who may reach an instance by SSH."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from benchmarks.errors import RefusedError

_HOST = re.compile(
    r"(?:(?P<user>[A-Za-z_][A-Za-z0-9_.-]*)@)?"
    r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<name>[A-Za-z0-9][A-Za-z0-9.-]*))"
    r"(?::(?P<port>[0-9]{1,5}))?"
)


@dataclass(frozen=True)
class Host:
    """A machine reached by SSH."""

    address: str
    user: str | None
    port: int | None


def parse_host(text: str) -> Host:
    """Parse `[user@]address[:port]`, with an IPv6 address in brackets. Raises RefusedError."""
    match = _HOST.fullmatch(text)
    port = int(match["port"]) if match and match["port"] else None
    if (
        not match
        or (port is not None and not 0 < port < 65536)
        or (match["six"] is not None and not _is_ipv6(match["six"]))
    ):
        raise RefusedError(f"host must be [user@]address[:port], such as ubuntu@192.0.2.7:22, not {text!r}.")
    return Host(match["six"] or match["name"], match["user"], port)


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def check_source_range(text: str) -> str:
    """The address range that may connect by SSH, normalised.

    Raises RefusedError if `text` is no address range, or the whole Internet.
    """
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        raise RefusedError(f"allow_from must be an address range such as 203.0.113.7/32, not {text!r}.") from None
    if network.prefixlen == 0:
        raise RefusedError(
            f"allow_from must not be {network}: that opens SSH to the whole Internet. "
            "Give your own address, as in 203.0.113.7/32."
        )
    return str(network)
