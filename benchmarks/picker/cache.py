"""Cache files: written atomically, and ignored if they are damaged.

A file is a header line in JSON, then the content in JSON:

    {"schema": 1, "identity": {…}, "fetched": "2026-05-19T08:15:00+00:00", "sha256": "…"}
    {…}
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

SCHEMA = 1


@dataclass(frozen=True)
class Entry:
    """Cached content, and when it was fetched (UTC)."""

    fetched: datetime
    content: Any


def directory(environment: Mapping[str, str]) -> Path:
    """The user's cache directory for this tool.

    https://specifications.freedesktop.org/basedir-spec/latest/: a relative XDG_CACHE_HOME must be ignored.
    """
    given = Path(environment.get("XDG_CACHE_HOME") or "")
    home = Path(environment["HOME"]) if environment.get("HOME") else Path.home()
    return (given if given.is_absolute() else home / ".cache") / "benchmarks"


def read(path: Path, identity: Mapping[str, object]) -> Entry | None:
    """The entry cached in `path`; None if it is missing or damaged, or has another identity or schema."""
    try:
        head, content = path.read_bytes().split(b"\n", 1)
        about = json.loads(head)
        fetched = datetime.fromisoformat(about["fetched"])
        sound = about["sha256"] == _checksum(about["fetched"], content) and fetched.tzinfo is not None
        if about["schema"] != SCHEMA or about["identity"] != identity or not sound:
            return None
        return Entry(fetched, json.loads(content))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(path: Path, identity: Mapping[str, object], entry: Entry) -> bool:
    """Write an entry atomically: a reader sees the old file or the new one. Returns False if it cannot be written."""
    content = json.dumps(entry.content, separators=(",", ":")).encode()
    fetched = entry.fetched.isoformat()
    about = {"schema": SCHEMA, "identity": identity, "fetched": fetched, "sha256": _checksum(fetched, content)}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as handle:
            try:
                handle.write(json.dumps(about).encode() + b"\n" + content)
                handle.flush()
                os.fsync(handle.fileno())
                Path(handle.name).replace(path)
            except BaseException:
                Path(handle.name).unlink(missing_ok=True)
                raise
    except OSError:
        return False
    return True


def _checksum(fetched: str, content: bytes) -> str:
    return hashlib.sha256(fetched.encode() + content).hexdigest()
