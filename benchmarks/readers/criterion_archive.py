"""Unpacks what results need of an archive: Criterion's files, a log, and results.json."""

from __future__ import annotations

import contextlib
import gzip
import lzma
import shutil
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
# What is being unpacked. Whoever unpacks next removes what a killed process has left of it.
_UNPACKING = ".unpacking"
_LONGEST_READ = 2**20  # bytes
LARGEST = 2**30  # bytes of all files together
MOST = 200_000  # members; Criterion has about ten files for each benchmark


class _ShortReads(gzip.GzipFile):
    """A packed file of which nobody reads much at once, as tarfile would read a member's headers of any size."""

    def read(self, size: int | None = -1) -> bytes:
        """Like the same of any file. Raises TarError for more than a megabyte, since no header has that."""
        if size is None or not 0 <= size <= _LONGEST_READ:
            raise tarfile.ReadError("a header in it is too long")
        return super().read(size)


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


def unpack_fetched(archive: Path, directory: Path, name: str) -> str:
    """Unpack every file and directory below `criterion/` of an archive that a host has made; replaces what is there.

    What is there is replaced when all is unpacked, so that a part is never taken for the whole.

    Returns a sentence on what was left out because it is neither a file nor a directory, empty if nothing was. Raises
    RefusedError for an archive that is damaged or too large, or that has a member outside of `criterion/`. Third-party
    code can write such an archive. Errors call it `name`.
    """
    unpacking = directory / _UNPACKING
    try:
        _remove(unpacking)
        unpacking.mkdir(parents=True)
        odd = _unpack_criterion(archive, unpacking, name)
        # What cannot be removed would pass for a part of these results.
        _remove(directory / run_layout.CRITERION)
        with contextlib.suppress(FileNotFoundError):  # an archive without a member
            (unpacking / run_layout.CRITERION).rename(directory / run_layout.CRITERION)
    except OSError as error:
        raise RefusedError(f"{name} cannot be unpacked: {error.strerror or error}.") from None
    # tarfile reads a long name by reading the next member: a chain of them is as deep as it is long.
    except (*_DAMAGED, ValueError, RecursionError) as error:
        raise RefusedError(f"{name} cannot be unpacked: {str(error).rstrip('.')}.") from None
    finally:
        shutil.rmtree(unpacking, ignore_errors=True)
    if not odd:
        return ""
    others = f" and {len(odd) - 1} more" if len(odd) > 1 else ""
    return f"Not unpacked, since results are only in files and directories: {odd[0]!r}{others} of {name}."


def _unpack_criterion(archive: Path, directory: Path, name: str) -> list[str]:
    """Returns the names of members that were left out."""
    odd: list[str] = []
    # What packs it uses gzip.
    with _ShortReads(archive) as packed, tarfile.open(fileobj=packed, mode="r:") as content:
        left, members = LARGEST, MOST
        for member in content:
            path = PurePosixPath(member.name)
            _check_place(member, path, name)
            if path.parts[:1] != (run_layout.CRITERION,):
                raise RefusedError(f"{name} is not unpacked: its member {member.name!r} is not of Criterion's.")
            left, members = left - member.size, members - 1
            if left < 0 or members < 0:
                raise RefusedError(
                    f"{name} is not unpacked: it has more than {LARGEST >> 20} MiB or {MOST} files, which no "
                    f"benchmark needs."
                )
            if member.isfile() or member.isdir():
                content.extract(member, directory, set_attrs=False, filter="data")
            else:
                odd.append(member.name)
        _check_end(content, name)
    return odd


def _remove(directory: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(directory)


def _check_end(content: tarfile.TarFile, name: str) -> None:
    """Raises RefusedError unless the archive ends as one does, since tarfile takes a damaged member for the end."""
    assert content.fileobj
    content.fileobj.seek(content.offset)
    if content.fileobj.read(tarfile.BLOCKSIZE) != tarfile.NUL * tarfile.BLOCKSIZE:
        raise RefusedError(f"{name} cannot be unpacked: it is damaged or not whole.")
    rest = LARGEST
    while read := content.fileobj.read(_CHUNK):  # raises what a checksum at the end of a packed file says
        rest -= len(read)
        if rest < 0:
            raise RefusedError(f"{name} cannot be unpacked: it does not end where its last member does.")


def _check_place(member: tarfile.TarInfo, path: PurePosixPath, name: str) -> None:
    if path.is_absolute() or ".." in path.parts:
        raise RefusedError(f"{name} is not unpacked: its member {member.name!r} would be outside of its directory.")


def _check(member: tarfile.TarInfo, path: PurePosixPath, name: str) -> None:
    _check_place(member, path, name)
    if not (member.isfile() or member.isdir()):
        raise RefusedError(f"{name} is not unpacked: its member {member.name!r} is neither a file nor a directory.")


def _is_needed(path: PurePosixPath) -> bool:
    return path.name in _OTHERS or (path.name in _OF_CRITERION and path.parent.name == "new")
