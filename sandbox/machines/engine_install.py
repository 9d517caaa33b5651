"""Installing a container engine on Debian and Ubuntu; elsewhere, the command to type."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sandbox.exclusive_lock import machine_wide

PACKAGES = ("podman", "runc", "mmdebstrap")  # each brings a program of its name

_COMMANDS = {
    "apt-get": "sudo apt-get install -y --no-install-recommends podman runc mmdebstrap uidmap slirp4netns",
    "dnf": "sudo dnf install -y podman",
    "brew": "brew install podman && podman machine init && podman machine start",
}


class NoEngineError(Exception):
    """There is no container engine and none could be installed; the message says what helps."""


def advice() -> str:
    """The message for a user who has to install an engine."""
    command = next((line for tool, line in _COMMANDS.items() if shutil.which(tool)), None)
    if command is None:
        return "The sandbox needs a container engine: install podman with your system's package manager."
    return f"The sandbox needs a container engine. Install one with: {command}"


def missing_packages() -> list[str]:
    """Which of the packages that a Debian system needs are missing."""
    return [package for package in PACKAGES if shutil.which(package) is None]


def may_install() -> bool:
    """Whether packages can be installed without asking: root on Debian or Ubuntu."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None and Path("/etc/debian_version").exists()


def install(say: Callable[[str], None]) -> None:
    """Install the packages by apt, unless another starting sandbox has done so meanwhile.

    Raises NoEngineError, with the end of apt's output, if that fails.
    """
    with machine_wide("install"):
        if packages := missing_packages():
            _install(packages, say)


def _install(packages: list[str], say: Callable[[str], None]) -> None:
    # An automatic system update may hold the lock.
    command = ["apt-get", "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=600", *packages]
    say(f"Installing what the sandbox's instances run on: {' '.join(command)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-q"], command):
        done = subprocess.run(
            step, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, check=False
        )
        if done.returncode != 0:
            print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
            raise NoEngineError(f"`{' '.join(step)}` failed with exit status {done.returncode}.")
