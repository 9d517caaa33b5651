"""Uploading S3 objects, which are written once and never replaced."""

from __future__ import annotations

import base64
import hashlib
import itertools
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import botocore.exceptions

from benchmarks.aws.aws_errors import code
from benchmarks.aws.session import Client
from benchmarks.errors import FailedError
from benchmarks.runs.records import Destination


@dataclass(frozen=True)
class Upload:
    """A file, its name below the folder, and the SHA-256 of its content, in hex."""

    path: Path
    name: str
    sha256: str

    @property
    def encoded(self) -> str:
        """The checksum in base64, as S3 uses it."""
        return base64.b64encode(bytes.fromhex(self.sha256)).decode()


def choose_folder(
    s3: Client, target: Destination, folder_of: Callable[[int], str], uploads: Sequence[Upload]
) -> tuple[str, tuple[Upload, ...]]:
    """The folder for the files, and those that are not there yet. `folder_of` is the key of copy 1, 2, ….

    Objects are never replaced: if files have changed since they were published, as a log that has grown, they go to
    the folder of the next copy.
    """
    for folder in map(folder_of, itertools.count(1)):
        stored = {upload: stored_checksum(s3, object_of(target, f"{folder}{upload.name}")) for upload in uploads}
        if all(found in (None, upload.encoded) for upload, found in stored.items()):
            return folder, tuple(upload for upload, found in stored.items() if found is None)
    raise AssertionError("unreachable")


def upload_of(directory: Path, name: str) -> Upload:
    path = directory / name
    return Upload(path, name, hashlib.sha256(path.read_bytes()).hexdigest())


def content_type(name: str) -> str:
    """How a file is to be shown, by its name: what is not known by it is text."""
    return mimetypes.guess_type(name)[0] or "text/plain; charset=utf-8"


def object_of(target: Destination, key: str) -> dict[str, str]:
    """The arguments that identify an object in every S3 call, including the bucket's owner."""
    return {"Bucket": target.bucket, "Key": key, "ExpectedBucketOwner": target.account}


def send(s3: Client, target: Destination, key: str, upload: Upload) -> bool:
    """Upload a file if the key is free, and verify it. Returns False if the key has other content.

    It does too if another upload to the key is under way, which S3 tells from one that has ended.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    place = object_of(target, key)
    with upload.path.open("rb") as body:
        try:
            s3.put_object(
                **place,
                Body=body,
                ChecksumSHA256=upload.encoded,
                ContentType=content_type(upload.name),
                IfNoneMatch="*",
            )
        except botocore.exceptions.ClientError as error:
            # The key exists: either a response was lost, or another process was faster. The checksum tells which.
            if code(error) not in ("PreconditionFailed", "ConditionalRequestConflict"):
                raise
            return stored_checksum(s3, place) == upload.encoded
    if (stored := stored_checksum(s3, place)) != upload.encoded:
        raise FailedError(
            f"S3 has another checksum for {key} than was sent: {stored or 'none'} instead of {upload.encoded}. "
            "Publish it again."
        )
    return True


def stored_checksum(s3: Client, place: Mapping[str, str]) -> str | None:
    """The checksum that S3 has of an object, None if there is no such object. Raises what AWS does.

    It is empty for an object that was uploaded without one of this kind, as by other means: that is none of ours.

    What refuses a HEAD has no body, and so no reason: credentials that have expired are a bad request. A GET tells.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    """
    try:
        return str(s3.head_object(**place, ChecksumMode="ENABLED").get("ChecksumSHA256") or "")
    except botocore.exceptions.ClientError as error:
        if code(error) in ("404", "NoSuchKey", "NotFound"):
            return None
        if code(error) in ("400", "403"):
            s3.get_object(**place)["Body"].close()
        raise
