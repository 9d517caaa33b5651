"""The interface between the AWS look-alike and whatever boots its instances."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class MachineSpec:
    """What a machine needs to know about its launch; memory in MiB."""

    instance_id: str
    instance_type: str
    region: str
    availability_zone: str
    ami_id: str
    image: str  # which container image to boot: "default" or "rust"
    architecture: str  # "x86_64" or "arm64"
    cores: int
    threads_per_core: int
    memory_mib: int
    user_data: bytes  # base64-decoded, b"" if none
    public_keys: tuple[str, ...]  # of the key pair named at launch, OpenSSH format
    http_tokens: str  # "required" or "optional"
    http_hop_limit: int
    instance_metadata_tags: bool
    role_name: str | None
    profile_arn: str | None
    security_groups: tuple[str, ...]
    ssh_open: bool  # a group admits (a part of) 127.0.0.0/8 on TCP 22
    shutdown_behavior: str  # "terminate" or "stop"
    tags: tuple[tuple[str, str], ...]
    spot: bool = False


@dataclass(frozen=True)
class Addresses:
    """A machine's addresses and DNS names, fixed before it boots."""

    public_ip: str
    private_ip: str
    public_dns: str
    private_dns: str


class Stage(StrEnum):
    """A machine's state."""

    PENDING = "pending"
    RUNNING = "running"
    STOPPED = "stopped"  # powered off, by itself or by stop()
    GONE = "gone"  # removed or unknown
    FAILED = "failed"


@dataclass(frozen=True)
class Phase:
    """A stage, and the reason in one sentence if it is FAILED."""

    stage: Stage
    reason: str = ""


class Machines(Protocol):
    """Boots, stops and removes machines; every call returns at once."""

    def can_run(self, architecture: str) -> bool:
        """Whether this computer runs "x86_64" or "arm64" machines."""

    def reserve(self, instance_id: str) -> Addresses:
        """Fix the addresses of a machine that is about to be booted."""

    def boot(self, spec: MachineSpec) -> None:
        """Boot a reserved machine in the background."""

    def phase(self, instance_id: str) -> Phase:
        """The machine's phase; cheap enough to ask at every describe."""

    def start(self, instance_id: str) -> None:
        """Boot a stopped machine again, in the background."""

    def stop(self, instance_id: str) -> None:
        """Power a machine off, in the background."""

    def reboot(self, instance_id: str) -> None:
        """Restart a machine, in the background."""

    def crash(self, instance_id: str) -> None:
        """Cut a machine's power and boot it again, in the background."""

    def limit_disk(self, instance_id: str, directory: str, mebibytes: int) -> None:
        """Give a directory of a running machine a small disk of its own, which is empty, in the background."""

    def remove(self, instance_id: str) -> None:
        """Remove a machine and free its addresses, in the background; not an error if repeated."""

    def console(self, instance_id: str) -> str:
        """The boot log so far."""

    def update(self, spec: MachineSpec) -> None:
        """Tags or metadata options changed: update what the machine's metadata service shows."""
