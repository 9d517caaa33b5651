"""Downloads and reads folders in S3 that have results."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import msgspec.structs

from benchmarks.aws.session import Client
from benchmarks.errors import RefusedError
from benchmarks.results import result_keys
from benchmarks.results.labelled import Labelled, S3Object
from benchmarks.runs import run_layout
from benchmarks.runs.records import RunRequest
from benchmarks.runs.result_records import Results
from benchmarks.sources import at_once, file_sources, s3_objects, uploaded_attempts
from benchmarks.sources.places import SCHEME
from benchmarks.sources.s3_folders import Folder

_CUT = "it is still uploaded, or was cut off"
_NO_FILE = f"it has neither {Results.FILE}, {run_layout.LOG} nor {run_layout.ARCHIVE}"


def read(s3: Client, bucket: str, folders: Sequence[Folder], *, several: bool) -> Iterator[tuple[Folder, Labelled]]:
    """The results in each folder, in their order. What cannot be read of `several` does not spoil the others.

    Several are downloaded at once, but read by one thread: msgspec crashes if two decode a type for the first time.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        fetched = at_once.each_of(folders, lambda folder: _fetch(s3, bucket, folder, Path(scratch)), "Reading results")
        for folder, place in zip(folders, fetched, strict=True):
            log = S3Object(bucket, folder.log) if folder.log else None
            label = _label(bucket, folder)
            try:
                if isinstance(place, RefusedError):
                    raise place
                if folder.to_make:
                    found: tuple[Labelled, ...] = (Labelled(label, uploaded_attempts.results(place, folder, label)),)
                else:
                    found = file_sources.of_path(place, label)
            except RefusedError as error:
                if not (several or log):
                    raise
                found = (Labelled(label, Results(measurements=(), problems=(str(error),))),)
            for one in found:
                yield folder, replace(one, results=_with_note(one.results, bucket, folder), log=log)
            if isinstance(place, Path):
                shutil.rmtree(place.parent if place.is_file() else place, ignore_errors=True)


def _with_note(results: Results, bucket: str, folder: Folder) -> Results:
    notes = []
    if folder.later:
        notes += [f"A later attempt, {SCHEME}{bucket}/{folder.later}, is not complete: {_CUT}."]
    if not folder.complete and not folder.to_make:
        notes += [f"{SCHEME}{bucket}/{folder.key} is not complete: {_CUT}."]
    return msgspec.structs.replace(results, notes=(*results.notes, *notes))


def _fetch(s3: Client, bucket: str, folder: Folder, scratch: Path) -> Path | RefusedError:
    """Download the objects of a folder to a directory of their own. One alone is a file, to be read by itself.

    Those of which results are to be made are laid out as a run's directory.
    """
    if folder.to_make and folder.wanted:
        return _fetch_attempt(s3, bucket, folder, scratch)
    alone = len(folder.wanted) == 1
    # A single object may have any name, even `..`.
    names = [f"object{PurePosixPath(key).suffix}" if alone else PurePosixPath(key).name for key in folder.wanted]
    uri = f"{SCHEME}{bucket}/{folder.key}"
    if not folder.wanted:
        cut = "" if folder.complete else f" It is not complete: {_CUT}."
        return RefusedError(f"{uri} has no results: {_NO_FILE}.{cut}")
    try:
        directory = Path(tempfile.mkdtemp(dir=scratch))
        for key, name in zip(folder.wanted, names, strict=True):
            s3_objects.download(s3, bucket, key, directory / name)
    except RefusedError as error:
        return error
    return directory / names[0] if alone else directory


def _fetch_attempt(s3: Client, bucket: str, folder: Folder, scratch: Path) -> Path | RefusedError:
    assert folder.run
    try:
        directory = Path(tempfile.mkdtemp(dir=scratch))
        attempt = uploaded_attempts.directory(directory, folder)
        attempt.mkdir(parents=True)
        for key in folder.wanted:
            s3_objects.download(s3, bucket, key, attempt / PurePosixPath(key).name)
        # The last copy of the request is that of the last attempt, which others have not published.
        names = list(s3_objects.keys(s3, bucket, f"{folder.run.key}run."))
        requests = {result_keys.request_of(key, folder.run) or 0: key for key in names}
        if last := max(requests, default=0):
            s3_objects.download(s3, bucket, requests[last], directory / RunRequest.FILE)
    except RefusedError as error:
        return error
    return directory


def _label(bucket: str, folder: Folder) -> str:
    if len(folder.wanted) == 1 and not folder.to_make:
        return f"{SCHEME}{bucket}/{folder.wanted[0]}"
    return f"{SCHEME}{bucket}/{folder.key}".rstrip("/")
