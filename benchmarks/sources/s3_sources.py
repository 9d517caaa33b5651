"""Results in S3: an object, or everything below a prefix."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from botocore.exceptions import ClientError, ParamValidationError

from benchmarks.aws.aws_errors import code, refusing
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
        # A key that ends with a slash is what S3's console makes of an empty folder.
        is_object = prefix in keys and not prefix.endswith("/")
        chosen = [[prefix]] if is_object else list(folders(keys, prefix))
        if not chosen:
            raise RefusedError(f"There are no results below {uri}: {_why(keys, prefix)}.")
        found = [(one, group[0]) for group in chosen for one in _read_one_of(s3, bucket, group, len(chosen) > 1)]
    logs = {key for key in keys if PurePosixPath(key).name == run_layout.LOG}
    return tuple(_with_log(one, bucket, str(PurePosixPath(key).with_name(run_layout.LOG)), logs) for one, key in found)


def _why(keys: Sequence[str], prefix: str) -> str:
    if not keys:
        return "it has no objects"
    if not any(key.startswith(_as_folder(prefix)) for key in keys):
        return f"there are objects such as {keys[0]}, and the name of a folder has to be given in full"
    return f"no folder there has {Results.FILE}, {run_layout.LOG} or {run_layout.ARCHIVE}"


def _as_folder(prefix: str) -> str:
    return prefix if not prefix or prefix.endswith("/") else f"{prefix}/"


def _with_log(one: Labelled, bucket: str, log: str, existing: Collection[str]) -> Labelled:
    return replace(one, log=S3Object(bucket, log)) if log in existing else one


def _keys(s3: Client, bucket: str, prefix: str, uri: str) -> Iterator[str]:
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            yield from (item["Key"] for item in page.get("Contents", ()))
    except ParamValidationError:
        raise RefusedError(f"{bucket} cannot be the name of a bucket: check {uri}.") from None
    except ClientError as error:
        if code(error) == "NoSuchBucket":
            raise RefusedError(f"There is no bucket {bucket}: check {uri}.") from None
        raise


def folders(keys: Sequence[str], prefix: str) -> Iterator[list[str]]:
    """The keys to read for each attempt below a prefix, which ends where the name of a folder does."""
    found: dict[str, dict[str, str]] = {}
    for key in keys:
        folder, slash, name = key.rpartition("/")
        if f"{folder}{slash}".startswith(_as_folder(prefix)):
            found.setdefault(f"{folder}{slash}", {})[name] = key
    for names in found.values():
        wanted = next((some for some in _ALTERNATIVES if names.keys() & set(some)), ())
        if wanted:
            yield [names[name] for name in wanted if name in names]


def _read_one_of(s3: Client, bucket: str, keys: Sequence[str], several: bool) -> tuple[Labelled, ...]:
    """Like `_read`; an attempt of several that cannot be read does not spoil the others."""
    try:
        return _read(s3, bucket, keys)
    except RefusedError as error:
        if not several:
            raise
        return (Labelled(_label(bucket, keys), Results(measurements=(), problems=(str(error),))),)


def _read(s3: Client, bucket: str, keys: Sequence[str]) -> tuple[Labelled, ...]:
    """Download objects of one folder and read them together, as a directory with these files."""
    label = _label(bucket, keys)
    with tempfile.TemporaryDirectory() as directory:
        # A single object may have any name, even `..`.
        names = [f"object{PurePosixPath(keys[0]).suffix}"] if len(keys) == 1 else [PurePosixPath(k).name for k in keys]
        try:
            for key, name in zip(keys, names, strict=True):
                with (Path(directory) / name).open("wb") as file:
                    shutil.copyfileobj(s3.get_object(Bucket=bucket, Key=key)["Body"], file)
        except OSError as error:
            raise RefusedError(f"{label} cannot be downloaded to {directory}: {error.strerror or error}.") from None
        return file_sources.of_path(Path(directory) / names[0] if len(keys) == 1 else Path(directory), label)


def _label(bucket: str, keys: Sequence[str]) -> str:
    return f"{SCHEME}{bucket}/{keys[0] if len(keys) == 1 else PurePosixPath(keys[0]).parent}"
