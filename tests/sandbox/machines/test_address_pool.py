"""Addresses are handed out once, held until they are used, and freed."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator

import pytest

from sandbox.machines import address_pool
from sandbox.machines.address_pool import NoAddressError, Pool

NewPool = Callable[..., Pool]


@pytest.fixture
def new_pool() -> Iterator[NewPool]:
    """Makes pools of two private addresses; lets go of what they hold in the end."""
    made: list[Pool] = []

    def make(region: str = "us-east-1", port: int = 0) -> Pool:
        made.append(Pool(ipaddress.IPv4Network("10.231.0.0/30"), region, port))
        return made[-1]

    yield make
    for pool in made:
        pool.free("i-1")


def test_a_machine_gets_an_address_for_each_side_and_names_as_aws_words_them(new_pool: NewPool) -> None:
    given = new_pool().reserve("i-1")
    # The network's first address is its gateway's.
    assert (given.private_ip, given.private_dns) == ("10.231.0.2", "ip-10-231-0-2.ec2.internal")
    assert ipaddress.ip_address(given.public_ip) in ipaddress.ip_network("127.0.0.0/8")
    assert given.public_dns == f"ec2-{given.public_ip.replace('.', '-')}.compute-1.amazonaws.com"


def test_names_of_other_regions_have_the_region_in_them(new_pool: NewPool) -> None:
    given = new_pool(region="eu-north-1").reserve("i-1")
    assert given.private_dns == "ip-10-231-0-2.eu-north-1.compute.internal"
    assert given.public_dns.endswith(".eu-north-1.compute.amazonaws.com")


def test_a_full_network_is_told_and_has_room_again_when_one_is_freed(new_pool: NewPool) -> None:
    pool = new_pool()
    pool.reserve("i-1")
    with pytest.raises(NoAddressError, match=r"^The sandbox's network has room for 1 instances\.$"):
        pool.reserve("i-2")
    pool.free("i-1")
    pool.free("i-1")
    assert pool.reserve("i-1").private_ip == "10.231.0.2"


def test_an_address_is_held_until_it_is_let_go(new_pool: NewPool) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
    pool = new_pool(port=port)
    place = (pool.reserve("i-1").public_ip, port)
    with socket.socket() as engine:
        with pytest.raises(OSError, match="in use"):
            engine.bind(place)
        pool.let_go("i-1")
        engine.bind(place)


def test_the_port_for_ssh_is_one_that_can_be_bound() -> None:
    port = address_pool.ssh_port()
    assert port == 22 or 2222 <= port < 2322
    with socket.socket() as door:
        door.bind(("127.0.199.199", port))
