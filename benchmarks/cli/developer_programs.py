"""The programs that the tests call, and their installation by apt."""

from __future__ import annotations

import os
import shutil
import subprocess

from benchmarks.errors import RefusedError

# Program -> its Debian package. Up to Debian 12 the package docker.io includes the client.
PROGRAMS = {
    "cargo": "cargo",
    "chromium": "chromium",
    "docker": "docker-cli | docker.io",
    "dockerd": "docker.io",
    "fish": "fish",
    "git": "git",
    "go": "golang-go",
    "shellcheck": "shellcheck",
    "ssh": "openssh-client",
    "zsh": "zsh",
}
# rustup's cargo starts the cargo of a toolchain in the user's home, where there may be none.
CHECKS = {"cargo": "--version"}


def find(program: str) -> str | None:
    """The path of the first program of this name on the PATH that can run; None if there is none."""
    for directory in os.get_exec_path():
        path = shutil.which(program, path=directory)
        if path and (program not in CHECKS or _runs(path, CHECKS[program])):
            return path
    return None


def install() -> None:
    """Install what is missing by apt. Raises RefusedError, which names it, without root or apt, and if apt fails."""
    missing = [package for program, package in PROGRAMS.items() if not find(program)]
    if not missing:
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise RefusedError(f"Install what the tests call, then run this again: {', '.join(missing)}")
    print(f"Installing what the tests call: {', '.join(missing)}", flush=True)
    quietly = ["-q", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=600"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["satisfy", *quietly, *missing]):
        done = subprocess.run(["apt-get", *command], env=quiet, capture_output=True, text=True)
        if done.returncode:
            raise RefusedError(f"{done.stdout}{done.stderr}apt-get {command[0]} failed.")


def _runs(program: str, option: str) -> bool:
    return not subprocess.run([program, option], stdin=subprocess.DEVNULL, capture_output=True).returncode
