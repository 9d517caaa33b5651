"""A really started sandbox as tests use it: its commands, its endpoint by boto3, its instances by ssh."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.aws_clients import client

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds, for what takes two or three


@dataclass(frozen=True)
class Commands:
    """The sandbox's commands as a user runs them, for one sandbox with a state directory of its own."""

    name: str
    state_home: Path

    def run(self, *words: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run `sandbox.WORD …` in a process of its own."""
        command = [sys.executable, "-m", "invoke", "--search-root", str(REPOSITORY), f"sandbox.{words[0]}"]
        return subprocess.run(
            [*command, "--name", self.name, *words[1:]],
            capture_output=True,
            text=True,
            timeout=540,
            check=False,
            env={
                **os.environ,
                "XDG_STATE_HOME": str(self.state_home),
                "PYTHONDONTWRITEBYTECODE": "",  # or each of many commands compiles all modules anew
                **(environment or {}),
            },
        )

    def facts(self) -> dict[str, Any]:
        """What `sandbox.env --format json` prints."""
        shown = self.run("env", "--format", "json")
        assert shown.returncode == 0, shown.stderr
        facts: dict[str, Any] = json.loads(shown.stdout)
        return facts

    @property
    def directory(self) -> Path:
        return self.state_home / "benchmarks" / "sandbox" / self.name

    def containers(self) -> list[str]:
        """Names of the sandbox's containers, as the engine tells them."""
        label = f"label=benchmarks.sandbox={self.name}"
        return engine("ps", "--all", "--format", "{{.Names}}", "--filter", label).split()


NewCommands = Callable[[], Commands]


def engine(*words: str) -> str:
    """What the container engine, asked past the sandbox, prints."""
    program = "podman" if shutil.which("podman") else "docker"
    done = subprocess.run([program, *words], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


def eventually(check: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """The first true value of `check`."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if found := check():
            return found
        time.sleep(0.1)
    pytest.fail(f"not within {patience:.0f} s: {what}")


@dataclass(frozen=True)
class Instance:
    """A launched instance, and how to log in to it."""

    ec2: Any
    id: str
    address: str
    port: int
    key: Path
    known_hosts: Path

    def ssh(self, command: str, user: str = "admin", timeout: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run a command by the system's ssh client, which accepts no host key but the one of the user-data."""
        options = {
            "StrictHostKeyChecking": "yes",
            "UserKnownHostsFile": str(self.known_hosts),
            "GlobalKnownHostsFile": "/dev/null",
            "HostKeyAlias": "instance",
            "HostKeyAlgorithms": "ssh-ed25519",
            "UpdateHostKeys": "no",
            "BatchMode": "yes",
            "ConnectTimeout": "3",
            "IdentitiesOnly": "yes",
            "Port": str(self.port),
        }
        words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        return subprocess.run(
            ["ssh", "-F", "none", "-i", str(self.key), *words, f"{user}@{self.address}", command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def says(self, command: str, user: str = "admin") -> str:
        """What a command that has to succeed prints."""
        done = self.ssh(command, user)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def wait_for_ssh(self) -> Instance:
        eventually(lambda: self.ssh("true").returncode == 0, f"ssh to {self.id}")
        return self

    def describe(self) -> dict[str, Any]:
        found = self.ec2.describe_instances(InstanceIds=[self.id])
        described: dict[str, Any] = found["Reservations"][0]["Instances"][0]
        return described

    def wait_for_state(self, state: str) -> dict[str, Any]:
        return dict(
            eventually(
                lambda: found if (found := self.describe())["State"]["Name"] == state else None,
                f"{self.id} is {state}, not {self.describe()['State']['Name']}",
            )
        )


@dataclass(frozen=True)
class Running:
    """A started sandbox."""

    commands: Commands
    facts: Mapping[str, Any]

    def client(self, service: str) -> Any:
        return client(self.facts, service)

    def admin(self, method: str, path: str, body: Any = None) -> None:
        """Ask one of the endpoint's own paths."""
        request = urllib.request.Request(
            f"{self.facts['endpoint_url']}/_sandbox/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Sandbox-Token": self.facts["admin_token"], "Content-Type": "application/json"},
            method=method,
        )
        urllib.request.urlopen(request, timeout=30).close()


@dataclass(frozen=True)
class Keys:
    """The user's key pair, as EC2 knows it, and a host key for user-data."""

    name: str
    private: Path
    cloud_config: str
    known_hosts: Path


def new_group(ec2: Any) -> str:
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    made = ec2.create_security_group(GroupName=f"group-{secrets.token_hex(4)}", Description="test", VpcId=vpc)
    return str(made["GroupId"])


def admit_ssh(ec2: Any, group: str) -> None:
    source = {"CidrIp": "127.0.0.1/32"}
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [source]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
