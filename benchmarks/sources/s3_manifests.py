"""What the manifest of an attempt's folder in S3 says of the results there, which keys alone do not tell."""

from __future__ import annotations

import tempfile
from enum import Enum
from pathlib import Path, PurePosixPath

from benchmarks.aws.session import Client
from benchmarks.errors import RefusedError
from benchmarks.results import host_ends, host_files
from benchmarks.runs import record_files
from benchmarks.runs.records import HostManifest, Manifest
from benchmarks.sources import s3_objects
from benchmarks.sources.s3_folders import Folder


class Saved(Enum):
    """How much of an attempt's results a folder has; the values are what users read."""

    WHOLE = "results"
    PART = "a part of the results"  # it is still uploaded, was cut off, or something could not be uploaded
    FAILED = "what it had measured before it failed"
    UNKNOWN = "results, perhaps not all"  # its manifest cannot be read


def of(s3: Client, bucket: str, folder: Folder) -> Saved:
    """How much a folder has, by its manifest: one request, or none if it has no manifest."""
    if not folder.said:
        return Saved.PART
    try:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / PurePosixPath(folder.said).name
            s3_objects.download(s3, bucket, folder.said, path)
            published = path.name == Manifest.FILE
            said = record_files.recall(Manifest if published else HostManifest, path.parent)
    except (RefusedError, OSError):
        return Saved.UNKNOWN
    if isinstance(said, Manifest):
        return Saved.FAILED if said.failures else Saved.WHOLE
    if not isinstance(said, HostManifest):
        return Saved.UNKNOWN
    if host_files.missing(said):
        return Saved.PART
    return Saved.FAILED if host_ends.why_not_well(said, {}) else Saved.WHOLE


def is_whole(s3: Client, bucket: str, folder: Folder) -> bool:
    """Whether all that there was of an attempt has been uploaded, as far as is known, whatever it has measured."""
    return of(s3, bucket, folder) is not Saved.PART
