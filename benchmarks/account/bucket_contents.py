"""What a bucket holds, and emptying it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from benchmarks.aws import aws_errors
from benchmarks.aws.session import AwsShape, Client
from benchmarks.errors import FailedError

# So many are listed, and deleted, by one call:
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
BATCH = 1000
# Pages that are counted at most: what is left is as good a reason to keep a bucket.
PAGES = 20
# How many objects that could not be deleted are named.
NAMED = 3
_UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Contents:
    """What a bucket holds. Of a bucket that holds very much, only its beginning is counted."""

    objects: int = 0
    bytes: int = 0  # of all versions
    versions: int = 0  # older ones, and markers of deleted objects
    uploads: int = 0  # begun and not completed
    more: bool = False

    @property
    def empty(self) -> bool:
        return not (self.objects or self.versions or self.uploads)

    @property
    def entries(self) -> int:
        """How many there are to delete, at least."""
        return self.objects + self.versions + self.uploads

    def __str__(self) -> str:
        parts = [
            f"{count:,} {name}{'' if count == 1 else 's'}"
            for count, name in (
                (self.objects, "object"),
                (self.versions, "older version"),
                (self.uploads, "incomplete upload"),
            )
            if count
        ]
        size = f" ({_size(self.bytes)})" if self.bytes else ""
        return f"{'more than ' if self.more else ''}{' and '.join(parts)}{size}"


def _size(count: float) -> str:
    """A number of bytes in decimal units, as AWS bills them: `3.4 MB`."""
    for unit in _UNITS:
        if count < 1000 or unit == _UNITS[-1]:
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"


def _place(bucket: str, account: str) -> dict[str, str]:
    return {"Bucket": bucket, "ExpectedBucketOwner": account}


def count(s3: Client, bucket: str, account: str, pages: int = PAGES) -> Contents:
    """Count what a bucket holds: any of it keeps S3 from deleting the bucket. Raises ClientError.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html
    """
    objects = size = versions = 0
    more = False
    listed = s3.get_paginator("list_object_versions").paginate(**_place(bucket, account))
    for number, page in enumerate(listed):
        if number == pages:
            more = True
            break
        found = page.get("Versions", [])
        latest = sum(bool(one["IsLatest"]) for one in found)
        objects += latest
        versions += len(found) - latest + len(page.get("DeleteMarkers", []))
        size += sum(one.get("Size", 0) for one in found)
    first: AwsShape = next(iter(s3.get_paginator("list_multipart_uploads").paginate(**_place(bucket, account))), {})
    return Contents(objects, size, versions, len(first.get("Uploads", [])), more or bool(first.get("IsTruncated")))


def empty(s3: Client, bucket: str, account: str, told: Callable[[int], None] = lambda _count: None) -> None:
    """Delete all versions of all objects, and abort all uploads; `told` hears how many have been deleted so far.

    Raises FailedError, after all else has been deleted, if S3 refuses to delete some, as it does with objects that a
    lock retains: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """
    deleted = 0
    # Listed again until nothing else is there: runs may add to it, and a listing may not go on from a deleted key.
    while True:
        before, refused = deleted, list[AwsShape]()
        for page in s3.get_paginator("list_object_versions").paginate(**_place(bucket, account)):
            if not (found := list(_entries(page))):
                continue
            answer = s3.delete_objects(**_place(bucket, account), Delete={"Objects": found, "Quiet": True})
            errors = answer.get("Errors", [])
            refused += errors
            deleted += len(found) - len(errors)
            told(deleted)
        if deleted == before:
            break
    for page in s3.get_paginator("list_multipart_uploads").paginate(**_place(bucket, account)):
        for upload in page.get("Uploads", []):
            given = {**_place(bucket, account), "Key": upload["Key"], "UploadId": upload["UploadId"]}
            # It may have been completed or aborted since it was listed.
            aws_errors.unless("NoSuchUpload", partial(s3.abort_multipart_upload, **given))
    if refused:
        raise FailedError(_refused(bucket, refused))


def _entries(page: AwsShape) -> Iterator[dict[str, str]]:
    for one in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
        yield {"Key": one["Key"], "VersionId": one["VersionId"]}


def _refused(bucket: str, refused: list[AwsShape]) -> str:
    named = ", ".join(f"{one['Key']} ({one.get('Code')}: {one.get('Message')})" for one in refused[:NAMED])
    more = f" and {len(refused) - NAMED:,} more" if len(refused) > NAMED else ""
    return (
        f"S3 does not delete {named}{more} in {bucket}: a lock may retain them, or you lack the permission "
        "s3:DeleteObjectVersion."
    )
