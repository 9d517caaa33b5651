"""Archives of local sources, whose bytes depend on nothing but the files in them."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

# At the top only: a directory of such a name further down may be source.
LEFT_OUT = frozenset({"target", ".git"})


def pack(directory: Path) -> bytes:
    """A tar archive of `directory`, without build output and history; times and owners are left out.

    Raises OSError for a file or a directory that cannot be read.
    """
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in _content(directory):
            archive.add(path, str(path.relative_to(directory)), recursive=False, filter=_anonymous)
    return buffer.getvalue()


def _content(directory: Path) -> Iterator[Path]:
    for path in sorted(directory.iterdir()):
        if path.name not in LEFT_OUT:
            yield path
            if path.is_dir() and not path.is_symlink():
                yield from sorted(_below(path))


def _below(directory: Path) -> Iterator[Path]:
    """All that is below a directory, in no order. Not by rglob(), which passes over directories that it cannot read."""
    for top, directories, files in os.walk(directory, onerror=_refuse):
        yield from (Path(top, name) for name in (*directories, *files))


def _refuse(error: OSError) -> None:
    raise error


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mtime = member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def digest(archive: bytes) -> str:
    """SHA-256 of an archive in hex: that of the files, since compressed bytes differ between versions of zlib."""
    return hashlib.sha256(archive).hexdigest()


def write(archive: bytes, path: Path) -> bool:
    """Write `archive` to `path` with gzip, its directory too; whether that changed anything."""
    content = gzip.compress(archive, compresslevel=6, mtime=0)
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True
