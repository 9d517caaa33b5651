"""The command lines that make a machine of two containers."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from sandbox.machines import containers
from sandbox.machines.engine import Engine, Facts, docker, podman
from sandbox.machines.shares import Share
from sandbox.state import Sandbox
from tests.support.machine_specs import ADDRESSES

FACTS = Facts(
    rootless=False,
    cgroup_version=2,
    controllers=frozenset({"cpu", "cpuset", "memory", "pids"}),
    runc=False,
    systemd=True,
    may_raise_limits=True,
)
BOX = Sandbox("one", Path("/state/one"))
SHARE = Share(2, 4096, (0, 1), 4096)


def values(arguments: list[str], option: str) -> list[str]:
    """What was given for an option, each time."""
    return [value for name, value in itertools.pairwise(arguments) if name == option]


def instance(engine: Engine) -> list[str]:
    return containers.instance_arguments(engine, BOX, "i-1", "image:1", ADDRESSES, SHARE, Path("/seed"))


def metadata(engine: Engine) -> list[str]:
    return containers.metadata_arguments(engine, BOX, "i-1", "image:1", ADDRESSES, 2222, Path("/documents"))


@pytest.mark.parametrize("engine", [docker(FACTS), podman(FACTS)], ids=["docker", "podman"])
def test_an_instance_joins_the_network_of_the_container_that_holds_its_addresses(engine: Engine) -> None:
    (name,) = values(metadata(engine), "--name")
    assert values(instance(engine), "--network") == [f"container:{name}"]
    assert values(metadata(engine), "--network") == [BOX.key]
    assert values(metadata(engine), "--ip") == [ADDRESSES.private_ip]
    assert values(metadata(engine), "--publish") == [f"{ADDRESSES.public_ip}:2222:22"]


def test_all_containers_carry_the_sandboxs_labels_and_those_of_another_do_not() -> None:
    marks = {f"{name}={value}" for name, value in containers.labels(BOX).items()}
    for arguments in (instance(docker(FACTS)), metadata(docker(FACTS))):
        assert marks <= set(values(arguments, "--label"))
    elsewhere = Sandbox("one", Path("/elsewhere/one"))
    assert containers.labels(elsewhere) != containers.labels(BOX)
    assert containers.names(elsewhere, "i-1") != containers.names(BOX, "i-1")


def test_an_instance_gets_its_share_and_its_seed() -> None:
    arguments = instance(docker(FACTS))
    assert values(arguments, "--cpuset-cpus") == ["0,1"]
    assert values(arguments, "--memory") == ["4096m"]
    assert "/seed:/var/lib/cloud/seed/nocloud-net:ro" in values(arguments, "--volume")
    assert arguments[-1] == "image:1"


def test_an_instance_may_have_a_firewall_of_its_own() -> None:
    assert values(instance(docker(FACTS)), "--cap-add") == ["NET_ADMIN"]


def test_the_host_name_is_said_once_as_each_engine_takes_it() -> None:
    assert values(metadata(docker(FACTS)), "--hostname") == ["ip-10-231-0-2"]
    assert values(instance(docker(FACTS)), "--hostname") == []
    assert values(instance(podman(FACTS)), "--hostname") == ["ip-10-231-0-2"]
