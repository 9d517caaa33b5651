"""Where a host keeps a suite's source, and the marker file that says that it is complete."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_UNFIT = re.compile(r"[^A-Za-z0-9._+-]+")


def name(source: Mapping[str, str]) -> str:
    """The name of a source's directory on the host. Each crate version and each Git ref has its own.

    A local directory keeps the same name when its content changes, so that its built dependencies are reused.
    """
    if "crate" in source:
        return _readable(f"{source['crate']}-{source['ref']}")
    if "git" in source:
        repository = PurePosixPath(source["git"].rstrip("/")).name.removesuffix(".git")
        return f"{_readable(repository)}-{_readable(source['ref'])}-{_short(source['git'], source['ref'])}"
    return f"{_readable(PurePosixPath(source['path']).name)}-{_short(source['path'])}"


def marker(source: Mapping[str, str], packed: str | None = None) -> str | None:
    """The name of the file whose presence in a source's directory means that this source is there completely.

    None for a branch or tag, which may have moved since. `packed` is the digest of a local directory's archive.
    """
    identity = packed or source.get("ref", "")
    if "git" in source and not _COMMIT.fullmatch(identity):
        return None
    return f".benchmarks-{_readable(identity)}"


def if_whole(argv: Sequence[str], marker_file: str) -> list[str]:
    """The command `argv`, which fails at once without the marker of a complete source."""
    return ["/bin/sh", "-c", '[ -e "$1" ] || exit; shift; exec "$@"', "sh", marker_file, *argv]


def _readable(text: str) -> str:
    return _UNFIT.sub("_", text)


def _short(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:8]
