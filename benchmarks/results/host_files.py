"""The files of an attempt that its instance has uploaded by itself, held against what it says of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from benchmarks.host import checksums
from benchmarks.results import host_uploads
from benchmarks.runs.records import File, HostManifest

# What an instance uploads; no other name in its manifest counts, since it may be a path to anywhere.
NAMES = tuple(host_uploads.FILES)
_BLOCK = 2**20  # bytes


def listed(manifest: HostManifest) -> dict[str, str]:
    """SHA-256 of the files that the instance says it has uploaded, by name."""
    return {name: manifest.files[name].sha256 for name in NAMES if name in manifest.files}


def missing(manifest: HostManifest) -> tuple[str, ...]:
    """The names of files that the instance says it had, but could not upload."""
    return tuple(name for name in NAMES if name in manifest.missing)


def differing(directory: Path, manifest: HostManifest) -> tuple[str, ...]:
    """The names of files in a directory that are missing or have other bytes than the instance says. Raises OSError."""
    return tuple(name for name, sha256 in listed(manifest).items() if checksums.sha256(directory / name) != sha256)


def begins_with(path: Path, uploaded: File) -> bool:
    """Whether a file begins with the bytes that an instance says it has uploaded. Raises OSError."""
    found, left = hashlib.sha256(), uploaded.bytes
    try:
        with path.open("rb") as file:
            while block := file.read(min(_BLOCK, max(left, 0))):
                found.update(block)
                left -= len(block)
    except FileNotFoundError:
        return False
    return found.hexdigest() == uploaded.sha256
