"""A machine as two containers: the command lines that create them. Nothing here runs anything.

The first container owns the network: it has the addresses, serves instance metadata, connects to the AWS endpoint and
drops packets that the security groups do not admit. The second one, the instance, joins that network, so all of this
exists before its first instruction and remains while it is stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.machine import Addresses
from sandbox.machines.engine import Engine
from sandbox.machines.shares import Share
from sandbox.state import Sandbox

SANDBOX_LABEL = "benchmarks.sandbox"
STATE_LABEL = "benchmarks.sandbox.state"
INSTANCE_LABEL = "benchmarks.sandbox.instance"
ROLE_LABEL = "benchmarks.sandbox.role"
METADATA_SERVER = "/sandbox/imds/server.py"
_METADATA_DIRECTORY = "/sandbox/instance"


@dataclass(frozen=True)
class Names:
    """The containers of one instance."""

    instance: str
    metadata: str


def names(sandbox: Sandbox, instance_id: str) -> Names:
    return Names(f"{sandbox.key}-{instance_id}", f"{sandbox.key}-{instance_id}-imds")


def labels(sandbox: Sandbox) -> dict[str, str]:
    """The labels of everything in the engine that belongs to a sandbox."""
    return {SANDBOX_LABEL: sandbox.name, STATE_LABEL: str(sandbox.directory)}


def metadata_arguments(
    engine: Engine,
    sandbox: Sandbox,
    instance_id: str,
    image: str,
    addresses: Addresses,
    ssh_port: int,
    directory: Path,
) -> list[str]:
    """Start the container that owns the network; `directory` contains its documents."""
    marks = labels(sandbox) | {INSTANCE_LABEL: instance_id, ROLE_LABEL: "metadata"}
    return [
        *("run", "--detach", "--name", names(sandbox, instance_id).metadata, *_label_options(marks)),
        *("--hostname", _hostname(addresses)),
        *("--network", sandbox.key, "--ip", addresses.private_ip),
        *("--publish", f"{addresses.public_ip}:{ssh_port}:22"),
        *("--cap-add", "NET_ADMIN"),
        *("--volume", f"{Path(__file__).parents[1] / 'imds'}:{Path(METADATA_SERVER).parent}:ro"),
        *("--volume", f"{directory}:{_METADATA_DIRECTORY}:ro"),
        *("--volume", f"{sandbox.socket}:/sandbox/endpoint.sock"),
        *("--workdir", "/"),
        *engine.run,
        *("--entrypoint", "/usr/bin/python3", image, "-I", METADATA_SERVER, _METADATA_DIRECTORY),
    ]


def instance_arguments(
    engine: Engine,
    sandbox: Sandbox,
    instance_id: str,
    image: str,
    addresses: Addresses,
    share: Share,
    seed: Path,
) -> list[str]:
    """Start the instance in the network of its metadata container; the engine logs its console."""
    own = names(sandbox, instance_id)
    marks = labels(sandbox) | {INSTANCE_LABEL: instance_id, ROLE_LABEL: "instance"}
    return [
        *("run", "--detach", "--tty", "--name", own.instance, *_label_options(marks)),
        *(option.format(_hostname(addresses)) for option in engine.hostname_of_joined),
        *("--network", f"container:{own.metadata}"),
        # A machine has a firewall of its own.
        *("--cap-add", "NET_ADMIN"),
        *("--volume", f"{seed}:/var/lib/cloud/seed/nocloud-net:ro"),
        *engine.limits(share.processors, share.memory_mib),
        *engine.run,
        *engine.systemd,
        image,
    ]


def _hostname(addresses: Addresses) -> str:
    return addresses.private_dns.partition(".")[0]


def _label_options(labels: Mapping[str, str]) -> list[str]:
    return [word for name, value in labels.items() for word in ("--label", f"{name}={value}")]
