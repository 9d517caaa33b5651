"""Files of an attempt to which its host only appends: what was read of them is never replaced by less."""

from __future__ import annotations

from pathlib import Path

from benchmarks.host import host_layout

NAMES = (host_layout.LOG, host_layout.ACTIVITY)
_BLOCK = 2**20  # bytes


def continues(longer: Path, path: Path) -> bool:
    """Whether a file begins with all of another, and goes on. Raises OSError."""
    with longer.open("rb") as file, path.open("rb") as before:
        while block := before.read(_BLOCK):
            if file.read(len(block)) != block:
                return False
        return bool(file.read(1))


def place(fetched: Path, path: Path) -> bool:
    """Move what was fetched as a whole to its place; return whether it is there. Raises OSError.

    What is here of a file that only grows stays if it goes on where the fetched one ends: a host that has crashed may
    have lost the end of what was read there before.
    """
    if path.name in NAMES and path.exists() and continues(path, fetched):
        fetched.unlink()
        return False
    fetched.replace(path)
    return True
