"""Reproducible archives of local sources: the same files give the same bytes."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

# Excluded at the top level only: further down, directories with these names may hold source.
EXCLUDED = frozenset({"target", ".git"})


def pack(directory: Path) -> bytes:
    """Pack `directory` into a tar archive, without build output and Git history, and without times and owners.

    Raises OSError for a file or a directory that cannot be read.
    """
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in _content(directory):
            archive.add(path, str(path.relative_to(directory)), recursive=False, filter=_anonymous)
    return buffer.getvalue()


def _content(directory: Path) -> Iterator[Path]:
    for path in sorted(directory.iterdir()):
        if path.name not in EXCLUDED:
            yield path
            if path.is_dir() and not path.is_symlink():
                yield from sorted(_below(path))


def _below(directory: Path) -> Iterator[Path]:
    """Everything below a directory, unordered. rglob() would silently skip directories that it cannot read."""
    for top, directories, files in os.walk(directory, onerror=_refuse):
        yield from (Path(top, name) for name in (*directories, *files))


def _refuse(error: OSError) -> None:
    raise error


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mtime = member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def digest(archive: bytes) -> str:
    """SHA-256 of the uncompressed archive in hex; compressed bytes differ between versions of zlib."""
    return hashlib.sha256(archive).hexdigest()


def write(archive: bytes, path: Path) -> bool:
    """Write `archive` to `path` with gzip, creating its directory; return whether the file changed."""
    content = gzip.compress(archive, compresslevel=6, mtime=0)
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True
