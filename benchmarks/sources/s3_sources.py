"""Results in S3: an object, or everything below a prefix."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from benchmarks.aws.aws_errors import refusing
from benchmarks.aws.session import Client
from benchmarks.errors import RefusedError
from benchmarks.results.labelled import Labelled, S3Object
from benchmarks.runs import run_layout
from benchmarks.runs.result_records import Results
from benchmarks.sources import file_sources

SCHEME = "s3://"
# What one folder of an attempt needs: the record, or else what it is made from.
_ALTERNATIVES = ((Results.FILE,), (run_layout.ARCHIVE, run_layout.LOG))


def split(uri: str) -> tuple[str, str]:
    """The bucket and the key or prefix of an s3:// URI. Raises RefusedError for one without a bucket."""
    bucket, _, key = uri.removeprefix(SCHEME).partition("/")
    if not bucket:
        raise RefusedError(f"{uri} names no bucket: give {SCHEME}BUCKET/PREFIX.")
    return bucket, key


def of_uri(s3: Client, uri: str) -> tuple[Labelled, ...]:
    """The results of an object, or of every attempt below a prefix.

    Raises RefusedError if there are none, if S3 refuses or cannot be reached, and for objects that cannot be read.
    """
    bucket, prefix = split(uri)
    with refusing():
        keys = list(_keys(s3, bucket, prefix, uri))
        chosen = [[prefix]] if prefix in keys else list(folders(keys, prefix))
        if not chosen:
            raise RefusedError(f"There are no results below {uri}.")
        found = [(one, group[0]) for group in chosen for one in _read(s3, bucket, group)]
    logs = {key for key in keys if PurePosixPath(key).name == run_layout.LOG}
    return tuple(_with_log(one, bucket, str(PurePosixPath(key).with_name(run_layout.LOG)), logs) for one, key in found)


def _with_log(one: Labelled, bucket: str, log: str, existing: Collection[str]) -> Labelled:
    return replace(one, log=S3Object(bucket, log)) if log in existing else one


def _keys(s3: Client, bucket: str, prefix: str, uri: str) -> Iterator[str]:
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            yield from (item["Key"] for item in page.get("Contents", ()))
    except s3.exceptions.NoSuchBucket:
        raise RefusedError(f"There is no bucket {bucket}: check {uri}.") from None


def folders(keys: Sequence[str], prefix: str) -> Iterator[list[str]]:
    """The keys to read for each attempt below a prefix, which ends where the name of a folder does."""
    found: dict[str, set[str]] = {}
    for key in keys:
        folder, _, name = key.rpartition("/")
        if f"{folder}/".startswith(prefix if not prefix or prefix.endswith("/") else f"{prefix}/"):
            found.setdefault(folder, set()).add(name)
    for folder, names in found.items():
        wanted = next((some for some in _ALTERNATIVES if names.intersection(some)), ())
        if wanted:
            yield [f"{folder}/{name}" if folder else name for name in wanted if name in names]


def _read(s3: Client, bucket: str, keys: Sequence[str]) -> tuple[Labelled, ...]:
    """Download objects of one folder and read them together, as a directory with these files."""
    with tempfile.TemporaryDirectory() as directory:
        for key in keys:
            s3.download_file(bucket, key, str(Path(directory) / PurePosixPath(key).name))
        if len(keys) == 1:
            path, label = Path(directory) / PurePosixPath(keys[0]).name, f"{SCHEME}{bucket}/{keys[0]}"
        else:
            path, label = Path(directory), f"{SCHEME}{bucket}/{PurePosixPath(keys[0]).parent}"
        return file_sources.of_path(path, label)
