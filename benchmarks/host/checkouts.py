"""Where a host keeps a suite's source, and what says that the right one is there, whole."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_UNFIT = re.compile(r"[^A-Za-z0-9._+-]+")


def name(source: Mapping[str, str]) -> str:
    """The directory of a source: of its own for each crate version and each ref, so that none has another's leftovers.

    A local directory keeps its place whatever is in it, so that what was built of its dependencies is used again.
    """
    if "crate" in source:
        return _readable(f"{source['crate']}-{source['ref']}")
    if "git" in source:
        repository = PurePosixPath(source["git"].rstrip("/")).name.removesuffix(".git")
        return f"{_readable(repository)}-{_readable(source['ref'])}-{_short(source['git'], source['ref'])}"
    return f"{_readable(PurePosixPath(source['path']).name)}-{_short(source['path'])}"


def marker(source: Mapping[str, str], packed: str | None = None) -> str | None:
    """The name of the file in a source's directory that says: this one, and all of it.

    None for a branch or tag, which may have moved since. `packed` is the digest of a local directory.
    """
    identity = packed or source.get("ref", "")
    if "git" in source and not _COMMIT.fullmatch(identity):
        return None
    return f".benchmarks-{_readable(identity)}"


def _readable(text: str) -> str:
    return _UNFIT.sub("_", text)


def _short(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:8]
