"""Locks between processes: only one sandbox of a user at a time changes what they share."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file at `path`, waiting for its current holder; the system releases it when the holder dies.

    The holder may remove the file: whoever waited for it creates a new one.
    """
    handle = _held(path)
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def machine_wide(subject: str) -> Iterator[None]:
    """Hold this user's lock named after `subject`, whatever state directory the sandbox has.

    Images and networks belong to the container engine, which all sandboxes of a user share.
    """
    with exclusive(Path("/tmp") / f"benchmarks-sandbox-{os.getuid()}-{subject}.lock"):
        yield


def _held(path: Path) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            if path.stat().st_ino == os.fstat(handle).st_ino:
                return handle
        except FileNotFoundError:
            pass
        os.close(handle)
