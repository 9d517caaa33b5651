"""Machines that boot nothing, for tests of the wire alone: each does at once, or after a delay, as it is told."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from sandbox.machine import Addresses, MachineSpec, Phase, Stage


@dataclass
class NullMachine:
    """One machine that is only a record of what it was told."""

    number: int
    spec: MachineSpec | None = None
    booted: float | None = None
    stage: Stage = Stage.PENDING
    reason: str = ""
    told: list[str] = field(default_factory=list)


class NullMachines:
    """Reports running `boot_seconds` after boot. Tests may power a machine off as if it had done so itself."""

    def __init__(self, boot_seconds: float = 0.3, architectures: frozenset[str] = frozenset({"x86_64"})) -> None:
        self.boot_seconds = boot_seconds
        self.architectures = architectures
        self._machines: dict[str, NullMachine] = {}
        self._lock = threading.Lock()

    def __getitem__(self, instance_id: str) -> NullMachine:
        return self._machines[instance_id]

    def __len__(self) -> int:
        return len(self._machines)

    def spec(self, instance_id: str) -> MachineSpec:
        """What the machine was booted with, as last updated."""
        spec = self._machines[instance_id].spec
        assert spec is not None
        return spec

    def run(self, instance_id: str) -> None:
        """The machine has booted."""
        self._machines[instance_id].stage = Stage.RUNNING

    def power_off(self, instance_id: str) -> None:
        """The machine powers itself off."""
        self._machines[instance_id].stage = Stage.STOPPED

    def fail(self, instance_id: str, reason: str) -> None:
        self._machines[instance_id].stage = Stage.FAILED
        self._machines[instance_id].reason = reason

    # The protocol

    def can_run(self, architecture: str) -> bool:
        return architecture in self.architectures

    def reserve(self, instance_id: str) -> Addresses:
        with self._lock:
            number = len(self._machines) + 1
            self._machines[instance_id] = NullMachine(number)
        high, low = divmod(number, 250)
        return Addresses(
            public_ip=f"127.0.{high + 1}.{low + 1}",
            private_ip=f"10.89.{high}.{low + 2}",
            public_dns=f"ec2-127-0-{high + 1}-{low + 1}.compute-1.amazonaws.com",
            private_dns=f"ip-10-89-{high}-{low + 2}.ec2.internal",
        )

    def boot(self, spec: MachineSpec) -> None:
        machine = self._machines[spec.instance_id]
        machine.spec = spec
        machine.booted = time.monotonic()

    def phase(self, instance_id: str) -> Phase:
        machine = self._machines.get(instance_id)
        if machine is None:
            return Phase(Stage.GONE)
        booted = machine.booted is not None and time.monotonic() - machine.booted >= self.boot_seconds
        if machine.stage is Stage.PENDING and booted:
            machine.stage = Stage.RUNNING
        return Phase(machine.stage, machine.reason)

    def start(self, instance_id: str) -> None:
        machine = self._machines[instance_id]
        machine.told.append("start")
        machine.booted = time.monotonic()
        machine.stage = Stage.PENDING

    def stop(self, instance_id: str) -> None:
        self._machines[instance_id].told.append("stop")
        self._machines[instance_id].stage = Stage.STOPPED

    def reboot(self, instance_id: str) -> None:
        self._machines[instance_id].told.append("reboot")

    def crash(self, instance_id: str) -> None:
        self._machines[instance_id].told.append("crash")

    def limit_disk(self, instance_id: str, directory: str, mebibytes: int) -> None:
        self._machines[instance_id].told.append(f"limit {directory} to {mebibytes} MiB")

    def remove(self, instance_id: str) -> None:
        machine = self._machines.get(instance_id)
        if machine is not None:
            machine.told.append("remove")
            machine.stage = Stage.GONE

    def console(self, instance_id: str) -> str:
        return f"[    0.000000] boot log of {instance_id}\n"

    def update(self, spec: MachineSpec) -> None:
        self._machines[spec.instance_id].told.append("update")
        self._machines[spec.instance_id].spec = spec
