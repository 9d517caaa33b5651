"""What determines the numbers of a measurement, and the digests that identify it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from benchmarks.errors import RefusedError
from benchmarks.host import archives
from benchmarks.runs import record_files
from benchmarks.runs.records import Json, Measurement, Suite, Toolchain

# The fields of a suite that matter: its name, description and limits do not affect the numbers.
_OF_SUITE = ("source", "package", "benches", "features", "rustflags", "environment", "arguments", "toolchain")
# The fields of a host's fingerprint that matter.
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


def of(suite: Suite, toolchain: Toolchain) -> Measurement:
    """What determines the numbers of a suite on a host, from the suite and the toolchain role's record."""
    host = {name: getattr(toolchain.host, name) for name in _OF_HOST}
    return Measurement(suite=_of_suite(suite), source=toolchain.source, host=host)


def digest(measured: Measurement) -> str:
    """SHA-256 of a measurement, in hex."""
    return _digest(record_files.plain(measured))


def suite_digest(suite: Suite, packed: str | None = None) -> str:
    """SHA-256 of the requested suite, in hex; `packed` is the digest of a local source's archive."""
    return _digest({"suite": _of_suite(suite), "packed": packed})


def digest_of_suite_here(suite: Suite) -> str:
    """`suite_digest` with the local source as it is now. Raises RefusedError if that cannot be read."""
    path = suite.source.path
    try:
        return suite_digest(suite, archives.digest(archives.pack(Path(path))) if path else None)
    except OSError as error:
        raise RefusedError(f"The source of the suite {suite.name} cannot be packed: {error}") from None


def _of_suite(suite: Suite) -> Json:
    plain = record_files.plain(suite)
    return {name: plain[name] for name in _OF_SUITE}


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
