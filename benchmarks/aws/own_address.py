"""The caller's own public address, as a service of AWS's sees it."""

from __future__ import annotations

import http.client
import ipaddress
import urllib.request

from benchmarks.errors import RefusedError

HOST = "checkip.amazonaws.com"
SERVICE = f"https://{HOST}"
UNKNOWN = (
    "Your public address {why}: give the address range that may reach instances by SSH, by --allow-from "
    "(Ansible: -e allow_from=…), such as 203.0.113.7/32."
)
PROXY = f"is not known, since {HOST} is asked through the proxy of HTTPS_PROXY and sees that one's"
FAILED = f"could not be obtained from {SERVICE}"


def own_range(timeout: float = 5.0) -> str:
    """The caller's public address as a /32 or /128 range; `timeout` is in seconds.

    Raises RefusedError if it cannot be determined. Nor can it behind a proxy: the service sees the address of that,
    which everybody behind it has, and SSH does not go through it.
    """
    if is_behind_proxy():
        raise RefusedError(UNKNOWN.format(why=PROXY))
    try:
        return _asked(timeout)
    except (OSError, http.client.HTTPException, ValueError):
        raise RefusedError(UNKNOWN.format(why=FAILED)) from None


def if_known(timeout: float = 2.0) -> str | None:
    """The same, None if it cannot be determined; `timeout` is in seconds."""
    try:
        return own_range(timeout)
    except RefusedError:
        return None


def is_behind_proxy() -> bool:
    """Whether the service would be asked through a proxy, as urllib decides that by HTTPS_PROXY and NO_PROXY.

    https://docs.python.org/3/library/urllib.request.html#urllib.request.ProxyHandler
    """
    return bool(urllib.request.getproxies().get("https")) and not urllib.request.proxy_bypass(HOST)


def _asked(timeout: float) -> str:
    with urllib.request.urlopen(SERVICE, timeout=timeout) as answer:
        return str(ipaddress.ip_network(answer.read(64).decode().strip()))
