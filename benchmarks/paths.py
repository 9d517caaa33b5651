"""The repository's root, and the expansion of ~ in users' paths."""

from __future__ import annotations

from pathlib import Path

from benchmarks.errors import RefusedError

ROOT = Path(__file__).resolve().parent.parent


def expand(name: str, path: str) -> Path:
    """`path`, the value of `name`, with a leading ~ or ~USER expanded. Raises RefusedError if there is no such home."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise RefusedError(
            f"{name} is in a home directory that does not exist: {path!r}. Give an absolute path."
        ) from None
