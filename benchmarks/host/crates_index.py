"""The sparse index of crates.io: https://doc.rust-lang.org/cargo/reference/registry-index.html"""

from __future__ import annotations

import json

from benchmarks.errors import RefusedError

SHOWN = 8  # maximum number of versions named in an error


def index_path(crate: str) -> str:
    """The path of a crate's file in the index: `plonky2` -> `pl/on/plonky2`."""
    name = crate.lower()
    prefix = {1: "1", 2: "2", 3: f"3/{name[0]}"}.get(len(name), f"{name[:2]}/{name[2:4]}")
    return f"{prefix}/{name}"


def checksum(index: str, crate: str, version: str) -> str:
    """SHA-256 of the crate file of `version`, in hex.

    `index` is the text of the crate's index file, empty if the index has none.

    Raises RefusedError for an unknown crate or version.
    """
    entries = [json.loads(line) for line in index.splitlines() if line]
    if not entries:
        raise RefusedError(f"There is no crate {crate} on crates.io.")
    for entry in entries:
        if entry["vers"] == version:
            return str(entry["cksum"])
    known = [str(entry["vers"]) for entry in entries if not entry.get("yanked")]
    if version.startswith("v") and version[1:] in known:
        raise RefusedError(f"{crate} has no version {version} on crates.io, but {version[1:]}: leave out the v.")
    shown = f"its newest are {', '.join(known[-SHOWN:])}" if len(known) > SHOWN else f"it has {', '.join(known)}"
    raise RefusedError(
        f"{crate} has no version {version} on crates.io; {shown if known else 'all its versions were yanked'}."
    )


def refusal(index: str, crate: str, version: str) -> str:
    """Why `checksum` finds none, as a sentence; empty if it finds one."""
    try:
        checksum(index, crate, version)
    except RefusedError as error:
        return str(error)
    return ""
