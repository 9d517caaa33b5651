"""Checksums of files on the controller, which are held against those that a host tells."""

from __future__ import annotations

import hashlib
from pathlib import Path


def sha256(path: Path) -> str | None:
    """SHA-256 of a file, in hex; None if there is none. Raises OSError."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None
