"""Container engines: all their differences, as data. No other code depends on which engine it is."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# If a process may not raise its own limits, engines cannot start containers with their default limits.
_FILES, _PROCESSES = 16384, 16384


class EngineError(Exception):
    """The engine failed; the message is the end of its output."""


class UnsuitableEngineError(Exception):
    """An engine is here, but systemd cannot boot in its containers; the message says what helps."""


@dataclass(frozen=True)
class Engine:
    """How to call an engine on this machine."""

    name: str
    command: tuple[str, ...]  # the program and its global options
    build: tuple[str, ...]  # options of every image build
    run: tuple[str, ...]  # options of every container
    systemd: tuple[str, ...]  # options that systemd needs to boot
    remove: tuple[str, ...]  # options of a forced removal: with volumes, without waiting
    hostname_of_joined: tuple[str, ...]  # sets the host name of a container in another's network; {} is the name
    processors: str  # "cpuset" pins to processors, "cpus" caps their number, "" is neither
    memory: bool  # whether memory can be limited

    def call(self, *arguments: str, timeout: float = 120.0, environment: Mapping[str, str] | None = None) -> str:
        """Run the engine and return what it printed. Raises EngineError."""
        try:
            done = subprocess.run(
                [*self.command, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout,
                check=False,
                env=None if environment is None else {**os.environ, **environment},
            )
        except subprocess.TimeoutExpired:
            raise EngineError(f"{self.name} {arguments[0]} did not end within {timeout:.0f} s.") from None
        except OSError as error:
            raise EngineError(f"{self.name} cannot be run: {error}") from error
        if done.returncode != 0:
            words = done.stderr.strip() or done.stdout.strip() or f"exit status {done.returncode}"
            raise EngineError(f"{self.name} {arguments[0]}: {words[-600:]}")
        return done.stdout

    def limits(self, processors: Sequence[int], memory_mib: int) -> list[str]:
        """Options that limit a container to these processors of the machine and this much memory."""
        options: list[str] = []
        if self.processors == "cpuset":
            options += ["--cpuset-cpus", ",".join(str(number) for number in processors)]
        elif self.processors == "cpus":
            options += ["--cpus", str(len(processors))]
        if self.memory:
            options += ["--memory", f"{memory_mib}m"]
        return options

    def labelled(self, kind: str, labels: Mapping[str, str]) -> list[str]:
        """Ids of all containers or names of all networks (`kind` "container" or "network") with these labels."""
        filters = [word for name, value in labels.items() for word in ("--filter", f"label={name}={value}")]
        listing = {"container": ["ps", "--all"], "network": ["network", "ls"]}[kind]
        return self.call(*listing, "--quiet", *filters).split()


@dataclass(frozen=True)
class Facts:
    """Facts that the choice of options depends on."""

    rootless: bool
    cgroup_version: int
    controllers: frozenset[str]  # of cgroups, as far as this user may use them
    runc: bool
    systemd: bool  # whether systemd runs this machine
    may_raise_limits: bool


def find() -> Engine | None:
    """The engine to use here: podman if installed, else Docker if its engine answers, else None.

    Raises UnsuitableEngineError if systemd cannot boot in the engine that is there.
    """
    if shutil.which("podman"):
        host = _ask(["podman", "info", "--format", "json"])
        if host is not None:
            return podman(_podman_facts(host["host"]))
    if shutil.which("docker"):
        # Without an engine the client still prints its own part: check the server's version.
        info = _ask(["docker", "info", "--format", "{{json .}}"])
        if info is not None and info.get("ServerVersion"):
            return docker(_docker_facts(info))
    return None


def podman(facts: Facts) -> Engine:
    """podman's options for these facts."""
    if facts.rootless and facts.cgroup_version == 1:
        raise UnsuitableEngineError(
            "systemd cannot boot in rootless podman on cgroup v1: run this as root, or boot the machine with the "
            "kernel option systemd.unified_cgroup_hierarchy=1."
        )
    if facts.rootless and not {"memory", "pids"} <= facts.controllers:
        raise UnsuitableEngineError(
            "systemd cannot boot in rootless podman without delegated cgroups: log in to a systemd user session "
            "(not by su or sudo), or run this as root."
        )
    return Engine(
        name="podman",
        command=(
            "podman",
            # crun does not start systemd on hybrid cgroups; runc does.
            *(("--runtime", "runc") if facts.cgroup_version == 1 and facts.runc else ()),
            *(() if facts.systemd else ("--cgroup-manager", "cgroupfs")),
        ),
        build=("--format", "docker", *_ulimits(facts)),
        # SELinux would deny the metadata container access to the endpoint's socket.
        run=("--security-opt", "label=disable", *_ulimits(facts)),
        systemd=("--systemd=always",),
        remove=("--volumes", "--time", "0"),
        hostname_of_joined=("--hostname", "{}"),
        processors=_processors(facts),
        memory="memory" in facts.controllers,
    )


def docker(facts: Facts) -> Engine:
    """Docker's options for these facts. It has no systemd mode: what podman's does is set option by option."""
    cgroups = (
        ("--volume", "/sys/fs/cgroup:/sys/fs/cgroup:ro")
        if facts.cgroup_version == 1
        else ("--cgroupns", "host", "--volume", "/sys/fs/cgroup:/sys/fs/cgroup:rw")
    )
    return Engine(
        name="docker",
        command=("docker",),
        build=_ulimits(facts),
        run=("--security-opt", "label=disable", *_ulimits(facts)),
        systemd=(
            "--tmpfs",
            "/run",
            "--tmpfs",
            "/run/lock",
            "--tmpfs",
            "/tmp:exec",
            "--env",
            "container=docker",
            *cgroups,
        ),
        remove=("--volumes",),
        # Docker gives a joining container the host name of the one it joins, and refuses the option.
        hostname_of_joined=(),
        processors=_processors(facts),
        memory="memory" in facts.controllers,
    )


def _processors(facts: Facts) -> str:
    return next((limit for limit, needs in (("cpuset", "cpuset"), ("cpus", "cpu")) if needs in facts.controllers), "")


def _ulimits(facts: Facts) -> tuple[str, ...]:
    if facts.may_raise_limits:
        return ()
    return ("--ulimit", f"nofile={_FILES}:{_FILES}", "--ulimit", f"nproc={_PROCESSES}:{_PROCESSES}")


def _podman_facts(host: Mapping[str, Any]) -> Facts:
    return Facts(
        rootless=bool(host["security"]["rootless"]),
        cgroup_version=1 if host.get("cgroupVersion") == "v1" else 2,
        controllers=frozenset(host.get("cgroupControllers") or ()),
        runc=shutil.which("runc") is not None,
        systemd=Path("/run/systemd/system").exists(),
        may_raise_limits=_may_raise_limits(),
    )


def _docker_facts(info: Mapping[str, Any]) -> Facts:
    supported = {"cpuset": "CPUSet", "cpu": "CpuCfsQuota", "memory": "MemoryLimit"}
    return Facts(
        rootless=any("rootless" in option for option in info.get("SecurityOptions") or ()),
        cgroup_version=1 if info.get("CgroupVersion") == "1" else 2,
        controllers=frozenset(name for name, key in supported.items() if info.get(key)),
        runc=True,
        systemd=True,
        may_raise_limits=_may_raise_limits(),
    )


def _may_raise_limits() -> bool:
    """Whether this process may set the limits that engines request by default."""
    status = Path("/proc/self/status")
    if status.exists():
        effective = next(
            line.split()[1] for line in status.read_text(encoding="ascii").splitlines() if line.startswith("CapEff:")
        )
        if int(effective, 16) & 1 << 24:  # CAP_SYS_RESOURCE
            return True
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1] >= 1048576


def _ask(command: list[str]) -> dict[str, Any] | None:
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if answer.returncode != 0:
        return None
    try:
        parsed = json.loads(answer.stdout)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None
