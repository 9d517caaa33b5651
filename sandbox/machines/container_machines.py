"""Machines as containers: each has its own thread, which carries out its operations in order."""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import platform
import queue
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sandbox import state
from sandbox.imds import documents
from sandbox.machine import Addresses, MachineSpec, Phase, Stage
from sandbox.machines import cloud_init_seed, container_images, containers
from sandbox.machines.address_pool import Pool
from sandbox.machines.engine import Engine, EngineError
from sandbox.machines.shares import Computer, Share
from sandbox.machines.watch import Watcher
from sandbox.settings import Settings
from sandbox.state import Sandbox

log = logging.getLogger(__name__)

_ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
_STOP_SECONDS = 60  # AWS gives an operating system a few minutes before it cuts the power


@dataclass(frozen=True)
class Site:
    """What all machines of a sandbox have in common."""

    engine: Engine
    sandbox: Sandbox
    settings: Settings
    endpoint_port: int
    ssh_port: int
    pool: Pool
    computer: Computer
    watcher: Watcher
    known_images: set[str] = field(default_factory=set)


class ContainerMachines:
    """The Machines of a sandbox (see sandbox.machines.machine)."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._lock = threading.Lock()
        self._machines: dict[str, _Machine] = {}

    def can_run(self, architecture: str) -> bool:
        return _ARCHITECTURES.get(platform.machine()) == architecture

    def reserve(self, instance_id: str) -> Addresses:
        addresses = self._site.pool.reserve(instance_id)
        with self._lock:
            self._machines[instance_id] = _Machine(self._site, instance_id, addresses, self._forget)
        return addresses

    def boot(self, spec: MachineSpec) -> None:
        self._machine(spec.instance_id).boot(spec)

    def phase(self, instance_id: str) -> Phase:
        machine = self._machines.get(instance_id)
        return Phase(Stage.GONE) if machine is None else machine.phase

    def start(self, instance_id: str) -> None:
        self._machine(instance_id).start()

    def stop(self, instance_id: str) -> None:
        self._machine(instance_id).stop()

    def reboot(self, instance_id: str) -> None:
        self._machine(instance_id).reboot()

    def crash(self, instance_id: str) -> None:
        self._machine(instance_id).crash()

    def limit_disk(self, instance_id: str, directory: str, mebibytes: int) -> None:
        self._machine(instance_id).limit_disk(directory, mebibytes)

    def remove(self, instance_id: str) -> None:
        with self._lock:
            machine = self._machines.get(instance_id)
        if machine is not None:
            machine.remove()

    def console(self, instance_id: str) -> str:
        machine = self._machines.get(instance_id)
        if machine is not None:
            return machine.console()
        with contextlib.suppress(FileNotFoundError):
            return _console_file(self._site.sandbox, instance_id).read_text(encoding="utf-8")
        return ""

    def update(self, spec: MachineSpec) -> None:
        self._machine(spec.instance_id).update(spec)

    def close(self, timeout: float) -> None:
        """Accept no more work; wait at most `timeout` seconds for running operations to finish."""
        with self._lock:
            machines = list(self._machines.values())
        deadline = time.monotonic() + timeout
        for machine in machines:
            machine.close()
        for machine in machines:
            machine.wait(deadline - time.monotonic())

    def _machine(self, instance_id: str) -> _Machine:
        with self._lock:
            return self._machines[instance_id]

    def _forget(self, instance_id: str) -> None:
        with self._lock:
            self._machines.pop(instance_id, None)


class _Machine:
    """One instance. Its public methods return at once; its thread carries out the operations in order."""

    def __init__(self, site: Site, instance_id: str, addresses: Addresses, forget: Callable[[str], None]) -> None:
        self.phase = Phase(Stage.PENDING)
        self._site = site
        self._id = instance_id
        self._addresses = addresses
        self._names = containers.names(site.sandbox, instance_id)
        self._directory = site.sandbox.machines / instance_id
        self._forget = forget
        self._since = datetime.now(UTC)
        self._spec: MachineSpec | None = None
        self._share: Share | None = None
        self._boots = 0  # distinguishes a late report of an earlier boot's end from this boot's end
        self._removing = False
        self._closing = False
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._follow, name=instance_id, daemon=True)
        self._thread.start()

    def boot(self, spec: MachineSpec) -> None:
        self._spec = spec
        self._work.put(self._boot)

    def start(self) -> None:
        self.phase = Phase(Stage.PENDING)
        self._work.put(self._start)

    def stop(self) -> None:
        self._work.put(self._stop)

    def reboot(self) -> None:
        self._work.put(self._reboot)

    def crash(self) -> None:
        self._work.put(self._crash)

    def limit_disk(self, directory: str, mebibytes: int) -> None:
        self._work.put(lambda: self._limit_disk(directory, mebibytes))

    def remove(self) -> None:
        if not self._removing:
            self._removing = True
            self._work.put(self._remove)
            self._work.put(None)

    def update(self, spec: MachineSpec) -> None:
        before, self._spec = self._spec, spec
        self._work.put(lambda: self._refresh(before))

    def console(self) -> str:
        try:
            return self._site.engine.call("logs", self._names.instance)
        except EngineError:
            return ""

    def close(self) -> None:
        self._closing = True
        self._work.put(None)

    def wait(self, timeout: float) -> None:
        self._thread.join(max(timeout, 0.0))

    def _follow(self) -> None:
        while (work := self._work.get()) is not None and not self._closing:
            try:
                work()
            except Exception as error:
                log.exception("%s: %s failed", self._id, getattr(work, "__name__", "work"))
                self.phase = Phase(Stage.FAILED, " ".join(str(error).split()))
        self._forget(self._id)

    def _boot(self) -> None:
        spec, site = self._spec, self._site
        if spec is None or self._removing:
            return
        image = container_images.ensure(site.engine, spec.image, log.info, site.known_images)
        self._share = share = site.computer.give(spec.cores * spec.threads_per_core, spec.memory_mib)
        for directory in (self._directory, self._directory / "seed", self._directory / "imds"):
            state.make_private(directory)
        for name, content in cloud_init_seed.files(spec, self._addresses).items():
            state.write_private(self._directory / "seed" / name, content)
        state.write_private(self._directory / "imds" / "token", site.settings.instance_token(self._id))
        state.write_private(self._directory / "machine.json", self._summary(spec, share))
        self._write_documents()
        site.pool.let_go(self._id)
        site.engine.call(
            *containers.metadata_arguments(
                site.engine, site.sandbox, self._id, image, self._addresses, site.ssh_port, self._directory / "imds"
            )
        )
        site.engine.call(
            *containers.instance_arguments(
                site.engine, site.sandbox, self._id, image, self._addresses, share, self._directory / "seed"
            )
        )
        self._running({self._names.metadata: self._metadata_ended})

    def _running(self, watched: Mapping[str, Callable[[], None]] | None = None) -> None:
        """Mark the instance as running, and watch for its end and for the ends of those in `watched`."""
        self._boots += 1
        boot = self._boots
        self.phase = Phase(Stage.RUNNING)
        ends = {self._names.instance: lambda: self._ended(boot), **(watched or {})}
        pids = self._site.engine.call("inspect", "--format", "{{.State.Pid}}", *ends).split()
        for pid, ended in zip(pids, ends.values(), strict=True):
            if int(pid):
                self._site.watcher.on_end(int(pid), functools.partial(self._work.put, ended))
            else:
                self._work.put(ended)

    def _metadata_ended(self) -> None:
        if not self._removing:
            words = self._site.engine.call("logs", "--tail", "1", self._names.metadata).strip()
            self.phase = Phase(Stage.FAILED, f"its metadata service ended: {words}")

    def _ended(self, boot: int) -> None:
        """The instance's systemd has exited by itself: it was powered off, or it reboots."""
        if boot != self._boots or self._removing or self.phase.stage is not Stage.RUNNING:
            return
        # A container cannot restart itself: systemd prints what it would have done, and exits.
        if "Rebooting." in self._site.engine.call("logs", "--tail", "5", self._names.instance):
            self._start()
        else:
            self.phase = Phase(Stage.STOPPED)

    def _start(self) -> None:
        if not self._removing:
            self._site.engine.call("start", self._names.instance)
            self._running()

    def _stop(self) -> None:
        self._boots += 1
        self._site.engine.call("stop", "--time", str(_STOP_SECONDS), self._names.instance, timeout=_STOP_SECONDS + 30)
        self.phase = Phase(Stage.STOPPED)

    def _reboot(self) -> None:
        self._boots += 1
        self._site.engine.call("stop", "--time", str(_STOP_SECONDS), self._names.instance, timeout=_STOP_SECONDS + 30)
        self._start()

    def _crash(self) -> None:
        self._boots += 1
        self._site.engine.call("kill", self._names.instance)
        # `start` does nothing while the engine has not noticed the end.
        self._site.engine.call("wait", self._names.instance)
        self._start()

    def _limit_disk(self, directory: str, mebibytes: int) -> None:
        run = ("exec", "--privileged", self._names.instance)
        self._site.engine.call(*run, "mkdir", "-p", directory)
        self._site.engine.call(*run, "mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=755", "tmpfs", directory)

    def _remove(self) -> None:
        engine = self._site.engine
        with contextlib.suppress(EngineError):
            engine.call("stop", "--time", str(_STOP_SECONDS), self._names.instance, timeout=_STOP_SECONDS + 30)
        if self._directory.exists():
            state.write_private(_console_file(self._site.sandbox, self._id), self.console())
        for name in (self._names.instance, self._names.metadata):
            with contextlib.suppress(EngineError):
                engine.call("rm", "--force", *engine.remove, name)
        if self._share is not None:
            self._site.computer.take_back(self._share)
        # The seed contains the instance's private host key.
        for name in ("seed", "imds", "machine.json"):
            path = self._directory / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        self._site.pool.free(self._id)

    def _refresh(self, before: MachineSpec | None) -> None:
        self._write_documents()
        if self._spec is not None and before is not None and before.ssh_open != self._spec.ssh_open:
            command = ("/usr/bin/python3", "-I", containers.METADATA_SERVER, "ssh")
            state_now = "open" if self._spec.ssh_open else "closed"
            self._site.engine.call("exec", self._names.metadata, *command, state_now)

    def _write_documents(self) -> None:
        if self._spec is None or self._removing:
            return
        text = documents.render(
            self._spec,
            self._addresses,
            account_id=self._site.settings.account_id,
            endpoint_port=self._site.endpoint_port,
            pending_since=self._since,
        )
        state.write_private(self._directory / "imds" / "documents.json", text)

    def _summary(self, spec: MachineSpec, share: Share) -> str:
        """What `sandbox.status` shows about this machine."""
        return json.dumps(
            {
                "instance_id": spec.instance_id,
                "instance_type": spec.instance_type,
                "image": spec.image,
                "container": self._names.instance,
                **asdict(self._addresses),
                **asdict(share),
            }
        )


def _console_file(sandbox: Sandbox, instance_id: str) -> Path:
    return sandbox.machines / instance_id / "console.log"
