"""Which commit a local source directory is at, and whether its files differ from it."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.host.archives import EXCLUDED

TIMEOUT = 60  # seconds, on a slow file system


@dataclass(frozen=True)
class WorkingTree:
    """The commit, and the SHA-256 of the names and contents of files that differ from it, None if none does."""

    commit: str
    dirty_sha256: str | None


def of(directory: Path) -> WorkingTree | None:
    """What git knows of a directory; None if it is in no repository, has no commit, or there is no git to ask."""
    try:
        commit = _git(directory, "rev-parse", "--verify", "HEAD").decode().strip()
        root = Path(os.fsdecode(_git(directory, "rev-parse", "--show-toplevel").rstrip(b"\n")))
        status = _git(
            *(directory, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", "."),
            *(f":(exclude){name}" for name in sorted(EXCLUDED)),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    # Two letters and a blank precede each name, which is relative to the root.
    changed = sorted(entry[3:] for entry in status.split(b"\0") if entry)
    return WorkingTree(commit, _digest(root, changed) if changed else None)


def _git(directory: Path, *words: str) -> bytes:
    done = subprocess.run(
        ["git", "-C", str(directory), *words],
        # Without the lock that `git status` takes to write what it has found into the index.
        env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=TIMEOUT,
    )
    return done.stdout


def _digest(root: Path, names: list[bytes]) -> str:
    total = hashlib.sha256()
    for name in names:
        for part in (name, *_content(root / os.fsdecode(name))):
            total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def _content(path: Path) -> Iterator[bytes]:
    """The kind of a file, and its content if it has one; a file that is gone has none."""
    if path.is_symlink():
        yield from (b"link", os.fsencode(path.readlink()))
    elif path.is_file():
        yield from (b"executable" if os.access(path, os.X_OK) else b"file", path.read_bytes())
    else:
        yield b"directory" if path.is_dir() else b"gone"
