"""Locks between processes: what sandboxes of one user share is changed by one of them at a time."""

from __future__ import annotations

import os
from pathlib import Path

from filelock import BaseFileLock, FileLock


def exclusive(path: Path) -> BaseFileLock:
    """The lock file at `path`, to be held as a context; the system releases it when the holder dies.

    The holder may remove the file: whoever waited for it makes a new one.
    """
    return FileLock(path, mode=0o600)


def machine_wide(subject: str) -> BaseFileLock:
    """This user's lock named after `subject`, whatever state directory the sandbox has.

    Images and networks belong to the container engine, which all sandboxes of a user share.
    """
    return exclusive(Path("/tmp") / f"benchmarks-sandbox-{os.getuid()}-{subject}.lock")
