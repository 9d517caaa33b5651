"""Atomic writing of files."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, new: str | bytes, mode: int = 0o666) -> bool:
    """Write a file atomically, creating its directory; return whether the content changed. Raises OSError.

    The user's umask applies to `mode`.
    """
    content = new.encode() if isinstance(new, str) else new
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    # The name is this process's own: another may be writing the same record.
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(content)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return True
