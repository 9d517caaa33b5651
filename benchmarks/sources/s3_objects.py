"""Lists and downloads objects in S3."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from botocore.exceptions import ClientError, ParamValidationError

from benchmarks.aws import session
from benchmarks.aws.aws_errors import code, refusing
from benchmarks.aws.session import Client
from benchmarks.errors import RefusedError
from benchmarks.parameters import region
from benchmarks.sources.places import SCHEME

# S3 answers for any bucket in any region of a partition.
_ANY_REGION = "us-east-1"


def client() -> Client:
    """A client with the user's credentials. Raises RefusedError if there are none."""
    with refusing():
        return session.connector(region.of_environment(os.environ) or _ANY_REGION)("s3")


def split(uri: str) -> tuple[str, str]:
    """The bucket and the key or prefix of an s3:// URI. Raises RefusedError for one without a bucket."""
    bucket, _, key = uri.removeprefix(SCHEME).partition("/")
    if not bucket:
        raise RefusedError(f"{uri} names no bucket: give {SCHEME}BUCKET/PREFIX.")
    return bucket, key


def keys(s3: Client, bucket: str, prefix: str) -> Iterator[str]:
    """The keys that start with `prefix`, in the order of their UTF-8 bytes. Raises RefusedError if S3 refuses."""
    with _refusing(bucket, prefix):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            yield from (item["Key"] for item in page.get("Contents", ()))


def folders(s3: Client, bucket: str, folder: str, after: str = "") -> Iterator[str]:
    """The folders in `folder`, with their slashes, that have a key greater than `after`.

    S3 puts all keys of one together, so that a thousand folders need one request:
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
    """
    start = {"StartAfter": after} if after else {}
    with _refusing(bucket, folder):
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder, Delimiter="/", **start)
        for page in pages:
            yield from (item["Prefix"] for item in page.get("CommonPrefixes", ()))


def download(s3: Client, bucket: str, key: str, path: Path) -> None:
    """Write an object to a file. Raises RefusedError, which names both, if it cannot be written."""
    try:
        with refusing(), path.open("wb") as file:
            shutil.copyfileobj(s3.get_object(Bucket=bucket, Key=key)["Body"], file)
    except OSError as error:
        raise RefusedError(
            f"{SCHEME}{bucket}/{key} cannot be downloaded to {path.parent}: {error.strerror or error}."
        ) from None


@contextmanager
def _refusing(bucket: str, prefix: str) -> Iterator[None]:
    uri = f"{SCHEME}{bucket}/{prefix}"
    try:
        with refusing():
            yield
    except RefusedError as error:
        if isinstance(error.__cause__, ParamValidationError):
            raise RefusedError(f"{bucket} cannot be the name of a bucket: check {uri}.") from None
        if isinstance(error.__cause__, ClientError) and code(error.__cause__) == "NoSuchBucket":
            raise RefusedError(f"There is no bucket {bucket}: check {uri}.") from None
        raise
