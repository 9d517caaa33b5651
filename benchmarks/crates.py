"""The sparse index of crates.io: https://doc.rust-lang.org/cargo/reference/registry-index.html"""

from __future__ import annotations

import json

from benchmarks.errors import RefusedError


def index_path(crate: str) -> str:
    """Where the index keeps the file of `crate`: `plonky2` -> `pl/on/plonky2`."""
    name = crate.lower()
    prefix = {1: "1", 2: "2", 3: f"3/{name[0]}"}.get(len(name), f"{name[:2]}/{name[2:4]}")
    return f"{prefix}/{name}"


def checksum(index: str, version: str) -> str:
    """SHA-256 of the crate file of `version`, in hex, from the index file's text.

    Raises RefusedError for an unknown version.
    """
    entries = [json.loads(line) for line in index.splitlines() if line]
    for entry in entries:
        if entry["vers"] == version:
            return str(entry["cksum"])
    known = [str(entry["vers"]) for entry in entries if not entry.get("yanked")]
    raise RefusedError(f"{entries[-1]['name']} has no version {version} on crates.io; it has {', '.join(known[-8:])}.")
