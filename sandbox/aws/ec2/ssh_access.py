"""Whether security groups let this computer reach an instance's SSH port. Pure."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

SSH_PORT = 22
LOOPBACK = ipaddress.ip_network("127.0.0.0/8")


def ssh_open(rules: Iterable[tuple[str, int, int, str]], endpoint_url: str) -> bool:
    """Whether inbound rules admit this computer on the SSH port: from loopback or from the endpoint's own address."""
    own = [LOOPBACK]
    host = urlsplit(endpoint_url).hostname or ""
    if re.fullmatch(r"[0-9.]+", host):
        own.append(ipaddress.ip_network(f"{host}/32"))
    for protocol, first, last, cidr in rules:
        network = ipaddress.ip_network(cidr, strict=False)
        admits = protocol in {"tcp", "-1"} and first <= SSH_PORT <= last
        if admits and network.version == 4 and any(network.overlaps(one) for one in own):
            return True
    return False
