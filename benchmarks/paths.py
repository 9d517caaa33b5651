"""Where this repository is, and paths as users write them."""

from __future__ import annotations

from pathlib import Path

from benchmarks.errors import RefusedError

ROOT = Path(__file__).resolve().parent.parent


def expand(name: str, path: str) -> Path:
    """`path`, given for `name`, with a leading ~ or ~USER replaced. Raises RefusedError where there is no such home."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise RefusedError(f"{name} is in a home directory that there is not: {path!r}.") from None
