"""What decides the numbers of a measurement, by which it is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.errors import RefusedError
from benchmarks.host import archives

# Of a suite: its name, its description and its limits change no number.
_OF_SUITE = ("source", "package", "benches", "features", "rustflags", "environment", "arguments", "toolchain")
# Of a host's fingerprint.
_OF_HOST = (
    "rustc",
    "cargo",
    "linker",
    "commit",
    "crate_sha256",
    "cargo_lock_sha256",
    "cargo_config",
    "architecture",
    "cpu_model",
)


def measurement(suite: Mapping[str, Any], toolchain: Mapping[str, Any]) -> dict[str, Any]:
    """What decides the numbers of a suite on a host, from the suite and the toolchain role's record."""
    return {
        "suite": of_suite(suite),
        "source": toolchain["source"],
        "host": {name: toolchain["host"].get(name) for name in _OF_HOST},
    }


def of_suite(suite: Mapping[str, Any]) -> dict[str, Any]:
    """What of a suite decides its numbers."""
    return {name: suite.get(name) for name in _OF_SUITE}


def digest(measured: Mapping[str, Any]) -> str:
    """SHA-256 of a measurement, in hex."""
    return hashlib.sha256(json.dumps(measured, sort_keys=True).encode()).hexdigest()


def request(suite: Mapping[str, Any], packed: str | None = None) -> str:
    """SHA-256 of what is asked for, in hex: of the suite, and of the content of a local source (`packed`)."""
    return digest({"suite": of_suite(suite), "packed": packed})


def request_of(suite: Mapping[str, Any]) -> str:
    """The same, of a suite as it is here. Raises RefusedError for a local source that cannot be read."""
    path = suite["source"].get("path")
    try:
        return request(suite, archives.digest(archives.pack(Path(path))) if path else None)
    except OSError as error:
        raise RefusedError(f"The source of the suite {suite['name']} cannot be packed: {error}") from None
