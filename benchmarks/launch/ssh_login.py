"""Logging in to a run's instance with the run's own keys, from its directory alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

from benchmarks.aws.session import AwsShape
from benchmarks.errors import FailedError, RefusedError
from benchmarks.host import host_layout, ssh
from benchmarks.runs import parameters_file, run_layout

# Longer than that a host that answers does not take to begin its shutdown.
TIMEOUT = 30.0  # seconds


def argv(directory: Path, instance: AwsShape, *command: str) -> list[str]:
    """The ssh command that carries out `command` on an instance, as DescribeInstances shows it.

    Raises FailedError where the run's parameters cannot be read.
    """
    parameters = parameters_file.read_parameters(directory)
    options = {
        "BatchMode": "yes",
        "ConnectTimeout": "10",
        "IdentitiesOnly": "yes",
        "StrictHostKeyChecking": "yes",
        "GlobalKnownHostsFile": "/dev/null",
        "HostKeyAlias": str(instance["InstanceId"]),
        "HostKeyAlgorithms": "ssh-ed25519",
        "UpdateHostKeys": "no",
    }
    # Not -i, behind which ssh takes a percent sign now for itself and now for more.
    files = {"IdentityFile": parameters.get("key_file") or directory / run_layout.LOGIN_KEY}
    files["UserKnownHostsFile"] = directory / run_layout.KNOWN_HOSTS
    told = [ssh.option(name, str(path)) for name, path in files.items()]
    return [
        *("ssh", "-F", "none", "-p", str(parameters.get("ssh_port") or 22)),
        *(part for option in (*told, *(f"{n}={value}" for n, value in options.items())) for part in ("-o", option)),
        f"{host_layout.LOGIN}@{instance.get('PublicIpAddress') or instance.get('PrivateIpAddress')}",
        *command,
    ]


def power_off(directory: Path, instance: AwsShape) -> bool:
    """Have an instance switch itself off, which ends it; whether it could be told.

    Protection from TerminateInstances does not extend to a shutdown from inside:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html
    """
    try:
        command = argv(directory, instance, "sudo", "-n", "systemctl", "poweroff", "--no-block")
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT)
    except (OSError, subprocess.SubprocessError, FailedError, RefusedError):
        return False
    return done.returncode == 0
