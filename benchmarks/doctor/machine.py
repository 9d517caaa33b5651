"""What a run needs on this machine: an SSH client, Ansible with its collection for AWS, and the sandbox's engine."""

from __future__ import annotations

import ipaddress
import platform
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks import hints
from benchmarks.doctor.questions import Finding, Question, failed, ok

IGNORED = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
COLLECTION = Path("ansible_collections/amazon/aws/MANIFEST.json")
NO_SSH = (
    "no ssh client was found, by which instances are reached: install one, as by apt-get install openssh-client "
    "(Debian, Ubuntu) or dnf install openssh-clients (Fedora, Amazon Linux)."
)
NO_COLLECTION = (
    "Ansible has no collection amazon.aws, which creates what runs need: install it by ansible-galaxy collection "
    "install -r requirements.yml -p {path}."
)
ENGINES = {
    "podman": ("podman", "info", "--format", "{{.Version.Version}}"),
    # The client may be here without an engine: that has no version then.
    "docker": ("docker", "info", "--format", "{{.ServerVersion}}"),
}
NO_ENGINE = (
    "no container engine answers, in which the sandbox would start instances: install one, as by apt-get install "
    "podman (Debian, Ubuntu) or dnf install podman (Fedora, Amazon Linux), or start docker, then run {up} again."
)


def questions(ansible: str, collections: Sequence[str], ssh: Callable[[], str | None]) -> list[Question]:
    """`ansible` is the version of ansible-core, `collections` are the directories with its collections."""
    return [
        Question("ansible", lambda: _has_collection(collections), lambda has: of_ansible(ansible, collections, has)),
        Question("ssh", ssh, of_ssh),
    ]


def of_sandbox(environment: Mapping[str, str], engine: Callable[[], str | None]) -> list[Question]:
    """What is asked only where `environment` asks for the sandbox: with AWS itself, no engine is needed."""
    return [Question("engine", engine, of_engine)] if asks_for_sandbox(environment) else []


def asks_for_sandbox(environment: Mapping[str, str]) -> bool:
    """Whether AWS is asked for on this machine itself, as by what sandbox.env prints.

    In the tool's own container image it may be, but its engine is outside, where it cannot be asked.
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """
    if environment.get(hints.COMMAND_VARIABLE) or environment.get(IGNORED, "").lower() == "true":
        return False
    url = environment.get("AWS_ENDPOINT_URL_EC2") or environment.get("AWS_ENDPOINT_URL") or ""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def engine_version() -> str | None:
    """The container engine that answers here with its version, podman before docker; None if none does.

    Whether systemd can boot in it, sandbox.up finds out.
    """
    for name, command in ENGINES.items():
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=30, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0 and (version := done.stdout.strip()):
            return f"{name} {version}"
    return None


def of_engine(version: str | None) -> Finding:
    if version is None:
        return failed(NO_ENGINE.format(up=hints.command_line("sandbox.up")))
    return ok(f"{version}, for the sandbox's instances")


def ssh_version() -> str | None:
    """What the ssh client says of its version, None if there is no client. Raises OSError.

    https://man.openbsd.org/ssh#V
    """
    program = shutil.which("ssh")
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, "-V"], capture_output=True, text=True, errors="replace", timeout=10, check=False
        )
    except subprocess.TimeoutExpired:
        return ""
    return (done.stderr or done.stdout).strip()


def of_ssh(version: str | None) -> Finding:
    if version is None:
        return failed(NO_SSH)
    return ok(version.partition(",")[0] or "its version is not known")


def of_ansible(version: str, collections: Sequence[str], has_collection: bool) -> Finding:
    if not has_collection:
        return failed(NO_COLLECTION.format(path=next(iter(collections), ".venv/collections")))
    return ok(f"ansible-core {version} on Python {platform.python_version()}, with the collection amazon.aws")


def _has_collection(directories: Sequence[str]) -> bool:
    return any((Path(one) / COLLECTION).is_file() for one in directories)
