"""What the AWS look-alike asks of whatever boots its instances."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class MachineSpec:
    """All that a machine needs to know of the launch it belongs to; memory in MiB."""

    instance_id: str
    instance_type: str
    region: str
    availability_zone: str
    ami_id: str
    image: str  # which container image boots: "default" or "rust"
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


@dataclass(frozen=True)
class Addresses:
    """Where a machine is found, fixed before it boots."""

    public_ip: str
    private_ip: str
    public_dns: str
    private_dns: str


class Stage(StrEnum):
    """How far a machine is in its life."""

    PENDING = "pending"
    RUNNING = "running"
    STOPPED = "stopped"  # powered off, by itself or by stop()
    GONE = "gone"  # removed, or never known
    FAILED = "failed"


@dataclass(frozen=True)
class Phase:
    """A stage, and for FAILED the reason in one sentence."""

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
        """How far the machine is; cheap enough to ask at every describe."""

    def start(self, instance_id: str) -> None:
        """Boot a stopped machine again, in the background."""

    def stop(self, instance_id: str) -> None:
        """Power a machine off, in the background."""

    def reboot(self, instance_id: str) -> None:
        """Restart a machine, in the background."""

    def remove(self, instance_id: str) -> None:
        """Remove a machine and free its addresses, in the background; again is no error."""

    def console(self, instance_id: str) -> str:
        """The boot log so far."""

    def update(self, spec: MachineSpec) -> None:
        """Tags or metadata options changed: refresh what the machine is told about itself."""
