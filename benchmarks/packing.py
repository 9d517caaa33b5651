"""Archives whose bytes depend on nothing but the files in them."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from pathlib import Path

LEFT_OUT = frozenset({"target", ".git"})


def pack(directory: Path) -> bytes:
    """A .tar.gz of `directory`'s files, without build output and history; times and owners are left out."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        for path in sorted(p for p in directory.rglob("*") if p.relative_to(directory).parts[0] not in LEFT_OUT):
            archive.add(path, str(path.relative_to(directory)), recursive=False, filter=_anonymous)
    return buffer.getvalue()


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mtime = member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write(content: bytes, path: Path) -> bool:
    """Write `content` to `path`; whether that changed anything."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True
