"""Addresses for machines: a public loopback address, and a private one in the sandbox's network."""

from __future__ import annotations

import contextlib
import ipaddress
import random
import socket
import threading

from sandbox.machine import Addresses

# Many systems use 127.0.0.x and 127.0.1.1 for other purposes.
_FIRST, _LAST = int(ipaddress.IPv4Address("127.0.2.1")), int(ipaddress.IPv4Address("127.0.254.254"))


class NoAddressError(Exception):
    """The sandbox's network has no address left."""


def ssh_port() -> int:
    """22 if this user can bind it on a loopback address and nothing listens on all addresses; else 2222 or above."""
    for port in (22, *range(2222, 2322)):
        with contextlib.suppress(OSError), _bound(str(ipaddress.IPv4Address(random.randint(_FIRST, _LAST))), port):
            return int(port)
    raise NoAddressError("No port between 2222 and 2321 can be bound on a loopback address.")


class Pool:
    """Hands out addresses. A loopback address is held by a bound socket, so that no other sandbox takes it."""

    def __init__(self, subnet: ipaddress.IPv4Network, region: str, port: int) -> None:
        self._region = region
        self._port = port
        self._lock = threading.Lock()
        self._holds: dict[str, socket.socket] = {}
        self._used: dict[str, str] = {}
        # The first address is the network's gateway.
        self._private = [str(host) for host in subnet.hosts()][1:]

    def reserve(self, instance_id: str) -> Addresses:
        """Addresses for a machine. Raises NoAddressError when the network is full."""
        with self._lock:
            taken = set(self._used.values())
            private = next((address for address in self._private if address not in taken), None)
            if private is None:
                raise NoAddressError(f"The sandbox's network has room for {len(self._private)} instances.")
            self._used[instance_id] = private
            public, self._holds[instance_id] = self._loopback()
        return Addresses(
            public_ip=public,
            private_ip=private,
            public_dns=f"ec2-{public.replace('.', '-')}.{_zone(self._region, 'compute-1', 'compute')}.amazonaws.com",
            private_dns=f"ip-{private.replace('.', '-')}.{_zone(self._region, 'ec2', 'compute')}.internal",
        )

    def let_go(self, instance_id: str) -> None:
        """Close the socket that holds the loopback address, so that the container engine can bind it."""
        with self._lock:
            hold = self._holds.pop(instance_id, None)
        if hold is not None:
            hold.close()

    def free(self, instance_id: str) -> None:
        """Release both addresses; not an error if repeated."""
        self.let_go(instance_id)
        with self._lock:
            self._used.pop(instance_id, None)

    def _loopback(self) -> tuple[str, socket.socket]:
        for _ in range(1000):
            address = str(ipaddress.IPv4Address(random.randint(_FIRST, _LAST)))
            if address.rpartition(".")[2] in ("0", "255"):
                continue
            with contextlib.suppress(OSError):
                return address, _bound(address, self._port)
        raise NoAddressError(f"No loopback address has its port {self._port} free.")


def _zone(region: str, eldest: str, others: str) -> str:
    """The domain of AWS's DNS names: us-east-1, the first region, has its own form."""
    return eldest if region == "us-east-1" else f"{region}.{others}"


def _bound(address: str, port: int) -> socket.socket:
    hold = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        hold.bind((address, port))
    except OSError:
        hold.close()
        raise
    return hold
