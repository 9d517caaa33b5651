"""Which commit a local source directory is at, and whether its files differ from it."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.host import archives
from benchmarks.host.archives import EXCLUDED

TIMEOUT = 60  # seconds, on a slow file system


@dataclass(frozen=True)
class WorkingTree:
    """The commit, and the SHA-256 of the names and contents of files that differ from it, None if none does.

    Files that git ignores differ too, except for build output: they are packed with the others.
    """

    commit: str
    dirty_sha256: str | None


def of(directory: Path) -> WorkingTree | None:
    """What git knows of a directory; None if no repository with a commit tracks anything in it, or git is missing."""
    try:
        commit = _git(directory, "rev-parse", "--verify", "HEAD").decode().strip()
        root = Path(os.fsdecode(_git(directory, "rev-parse", "--show-toplevel").rstrip(b"\n")))
        tracked = _git(directory, "ls-files", "-z", "--", ".")
        status = _git(
            *(
                directory,
                "status",
                "--porcelain",
                "-z",
                "--no-renames",
                "--untracked-files=all",
                "--ignored",
                "--",
                ".",
            ),
            *(f":(exclude){name}" for name in sorted(EXCLUDED)),
        )
        # Two letters and a blank precede each name, which is relative to the root.
        changed = sorted(entry[3:] for entry in status.split(b"\0") if entry)
        dirty = _digest(root, changed) if changed else None
    except (OSError, subprocess.SubprocessError):
        return None
    return WorkingTree(commit, dirty) if tracked else None


def _git(directory: Path, *words: str) -> bytes:
    done = subprocess.run(
        ["git", "-C", str(directory), *words],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=TIMEOUT,
    )
    return done.stdout


def _environment() -> dict[str, str]:
    """Without variables that name another repository, as in one of git's hooks: https://git-scm.com/docs/githooks"""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith("GIT_CONFIG")}
    # `git status` then does not write what it has found into the index, for which it takes a lock.
    return {**kept, "GIT_OPTIONAL_LOCKS": "0"}


def _digest(root: Path, names: list[bytes]) -> str:
    total = hashlib.sha256()
    for name in names:
        for part in (name, *_content(root / os.fsdecode(name))):
            total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def _content(path: Path) -> Iterator[bytes]:
    """The kind of a file, and its content if it has one; a directory is another repository, a submodule for example."""
    if path.is_symlink():
        yield from (b"link", os.fsencode(path.readlink()))
    elif path.is_file():
        yield from (b"executable" if os.access(path, os.X_OK) else b"file", path.read_bytes())
    else:
        yield from (b"directory", archives.pack(path)) if path.is_dir() else (b"gone",)
