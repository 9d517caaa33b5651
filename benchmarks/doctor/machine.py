"""What a run needs on this machine: an SSH client, and Ansible with its collection for AWS."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.doctor.questions import Finding, Question, failed, ok

COLLECTION = Path("ansible_collections/amazon/aws/MANIFEST.json")
NO_SSH = (
    "no ssh client was found, by which instances are reached: install one, as by apt-get install openssh-client "
    "(Debian, Ubuntu) or dnf install openssh-clients (Fedora, Amazon Linux)."
)
NO_COLLECTION = (
    "Ansible has no collection amazon.aws, which creates what runs need: install it by ansible-galaxy collection "
    "install -r requirements.yml -p {path}."
)


def questions(ansible: str, collections: Sequence[str], ssh: Callable[[], str | None]) -> list[Question]:
    """`ansible` is the version of ansible-core, `collections` are the directories with its collections."""
    return [
        Question("ansible", lambda: _has_collection(collections), lambda has: of_ansible(ansible, collections, has)),
        Question("ssh", ssh, of_ssh),
    ]


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
