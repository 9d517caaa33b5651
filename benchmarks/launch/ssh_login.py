"""Connects to an instance over SSH, using only what is in the run's directory."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.aws.session import AwsShape
from benchmarks.errors import FailedError, RefusedError
from benchmarks.host import host_layout, ssh
from benchmarks.parameters import key_file
from benchmarks.runs import parameters_file, run_layout

# A host that answers begins its shutdown sooner. One that was just launched refuses logins until it has booted.
TIMEOUT = 30.0  # seconds
# In a second, so that the connection still tells that it was accepted.
POWER_OFF = ("sudo", "-n", "systemd-run", "--quiet", "--on-active=1", "systemctl", "poweroff")


def argv(directory: Path, instance: AwsShape, *command: str) -> list[str]:
    """The ssh command line that runs `command` on an instance, which is from DescribeInstances.

    Raises FailedError if the run's parameters cannot be read, and RefusedError for a path that ssh cannot use.
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
    # Not -i: whether ssh expands percent signs in its argument depends on the version.
    own = parameters.get("key_file")
    files = {
        "IdentityFile": key_file.of_run(str(own)) if own else directory / run_layout.LOGIN_KEY,
        "UserKnownHostsFile": directory / run_layout.KNOWN_HOSTS,
    }
    paths = [ssh.option(name, str(path)) for name, path in files.items()]
    return [
        *("ssh", "-F", "none", "-p", str(parameters.get("ssh_port") or 22)),
        *(part for option in (*paths, *(f"{n}={value}" for n, value in options.items())) for part in ("-o", option)),
        f"{host_layout.LOGIN}@{instance.get('PublicIpAddress') or instance.get('PrivateIpAddress')}",
        *command,
    ]


def power_off(
    directory: Path, instance: AwsShape, timeout: float = TIMEOUT, sleep: Callable[[float], None] = time.sleep
) -> bool:
    """Power off an instance over SSH, which terminates it; return whether that succeeded within `timeout` seconds.

    Termination protection does not prevent a shutdown from within the instance:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html
    """
    end = time.monotonic() + timeout
    try:
        command = argv(directory, instance, *POWER_OFF)
        while (left := end - time.monotonic()) > 0:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=left)
            if done.returncode == 0:
                return True
            sleep(1)
    except (OSError, subprocess.SubprocessError, FailedError, RefusedError):
        return False
    return False
