"""Unpacks what results need of an archive: Criterion's files, a log, and results.json."""

from __future__ import annotations

import lzma
import tarfile
import zlib
from pathlib import Path, PurePosixPath

from benchmarks.errors import RefusedError
from benchmarks.runs import run_layout
from benchmarks.runs.result_records import Results

_OF_CRITERION = ("benchmark.json", "estimates.json", "sample.json")
_OTHERS = (run_layout.LOG, Results.FILE)
_DAMAGED = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError)
_CHUNK = 2**16  # bytes
LARGEST = 2**30  # bytes of all files together


def is_archive(path: Path) -> bool:
    """Whether a file is a tar archive, packed or not. Raises OSError if it cannot be read."""
    try:
        return tarfile.is_tarfile(path)
    except _DAMAGED:
        return False  # too little is left of it to tell


def unpack(archive: Path, directory: Path, name: str) -> None:
    """Unpack the files that results are read from, with their directories. Errors call the archive `name`.

    Raises RefusedError for an archive that is damaged or too large, or that has a member outside its own directory, a
    link or a device: https://docs.python.org/3/library/tarfile.html#tarfile-extraction-filter
    """
    try:
        with tarfile.open(archive) as content:
            left = LARGEST
            for member in content:
                path = PurePosixPath(member.name)
                _check(member, path, name)
                if member.isfile() and _is_needed(path):
                    left -= member.size
                    if left < 0:
                        raise RefusedError(
                            f"{name} is not read: unpacked, its files have more than {LARGEST >> 20} MiB."
                        )
                    content.extract(member, directory, set_attrs=False, filter="data")
            _check_end(content, name)
    except OSError as error:
        raise RefusedError(f"{name} cannot be unpacked: {error.strerror or error}.") from None
    except _DAMAGED as error:
        raise RefusedError(f"{name} cannot be unpacked: {str(error).rstrip('.')}.") from None


def _check_end(content: tarfile.TarFile, name: str) -> None:
    """Raises RefusedError unless the archive ends as one does, since tarfile takes a damaged member for the end."""
    assert content.fileobj
    content.fileobj.seek(content.offset)
    if content.fileobj.read(tarfile.BLOCKSIZE) != tarfile.NUL * tarfile.BLOCKSIZE:
        raise RefusedError(f"{name} cannot be unpacked: it is damaged or not whole.")
    while content.fileobj.read(_CHUNK):
        pass  # raises what a checksum at the end of a packed file says


def _check(member: tarfile.TarInfo, path: PurePosixPath, name: str) -> None:
    if path.is_absolute() or ".." in path.parts:
        raise RefusedError(f"{name} is not unpacked: its member {member.name!r} would be outside of its directory.")
    if not (member.isfile() or member.isdir()):
        raise RefusedError(f"{name} is not unpacked: its member {member.name!r} is neither a file nor a directory.")


def _is_needed(path: PurePosixPath) -> bool:
    return path.name in _OTHERS or (path.name in _OF_CRITERION and path.parent.name == "new")
