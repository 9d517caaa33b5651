"""The caller's own public address, as a service of AWS's sees it."""

from __future__ import annotations

import http.client
import ipaddress
import urllib.request

from benchmarks.errors import RefusedError

SERVICE = "https://checkip.amazonaws.com"


def own_range(timeout: float = 5.0) -> str:
    """The caller's public address as a /32 or /128 range; `timeout` is in seconds.

    Raises RefusedError if it cannot be determined.
    """
    try:
        return _asked(timeout)
    except (OSError, http.client.HTTPException, ValueError):
        raise RefusedError(
            f"Your public address could not be obtained from {SERVICE}: give the address range that may reach "
            "instances by SSH, by --allow-from (Ansible: -e allow_from=…), such as 203.0.113.7/32."
        ) from None


def if_known(timeout: float = 2.0) -> str | None:
    """The same, None if it cannot be determined; `timeout` is in seconds.

    Nor can it behind a proxy, whose address the service sees, while SSH does not use it.
    """
    if urllib.request.getproxies().get("https"):
        return None
    try:
        return _asked(timeout)
    except (OSError, http.client.HTTPException, ValueError):
        return None


def _asked(timeout: float) -> str:
    with urllib.request.urlopen(SERVICE, timeout=timeout) as answer:
        return str(ipaddress.ip_network(answer.read(64).decode().strip()))
