"""Links to S3 objects that open without credentials: plain ones where anyone may read, else presigned ones that end.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from benchmarks.aws import anonymous, aws_errors, credentials
from benchmarks.aws.credentials import Lifetime
from benchmarks.aws.optional_answers import UnknownError, optional
from benchmarks.aws.session import Client

# The maximum lifetime of a presigned URL with signature version 4.
LINK_LIFETIME = timedelta(days=7)
LASTING = "for anyone, as long as the bucket is public"
NOT_PUBLIC = "(its bucket was to be public, but S3 does not open the plain link)"


@dataclass(frozen=True)
class Link:
    """A URL, until when it opens, to the minute, and a note on that for the user; no time for a plain URL."""

    url: str
    until: datetime | None
    note: str = ""


def make(s3: Client, bucket: str, key: str, expected_public: bool = False) -> Link:
    """A link to an object: its plain URL if that opens, else a presigned one.

    Unless the bucket's policy is not public, trying is the only way to know: account, organisation and other statements
    count as well, and who runs benchmarks may not be permitted to read those. A link that was `expected_public` and is
    not has a note.
    """
    signed = sign(s3, bucket, key)
    plain = signed.url.partition("?")[0]
    if (expected_public or _may_be_public(s3, bucket)) and anonymous.opens(plain):
        return Link(plain, None)
    return replace(signed, note=f"{signed.note} {NOT_PUBLIC}".strip()) if expected_public else signed


def _may_be_public(s3: Client, bucket: str) -> bool:
    """Whether a bucket's policy is public, or that is not known: of a private one, strangers ask for nothing.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html
    """
    try:
        with optional("s3:GetBucketPolicyStatus"):
            answer = aws_errors.unless("NoSuchBucketPolicy", lambda: s3.get_bucket_policy_status(Bucket=bucket))
            return answer is not None and bool(answer["PolicyStatus"]["IsPublic"])
    except UnknownError:
        return True


def opening(until: datetime | None, note: str) -> str:
    """When a link opens, for the user."""
    if until is None:
        return f"opens {LASTING}"
    return f"opens until {until.isoformat(timespec='minutes')} {note}".rstrip()


def sign(s3: Client, bucket: str, key: str) -> Link:
    """A presigned link to an object that opens as long as possible."""
    now = datetime.now(UTC)
    until, note = link_end(now, credentials.lifetime())
    url = s3.generate_presigned_url(
        "get_object",
        Params={"Bucket": bucket, "Key": key},
        ExpiresIn=max(1, int((until - now).total_seconds())),
    )
    return Link(url, until.replace(second=0, microsecond=0), note)


def region_of(s3: Client, bucket: str) -> str | None:
    """The region of a bucket, for which a link has to be signed; None if S3 does not say."""
    headers = s3.head_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPHeaders"]
    region: str | None = headers.get("x-amz-bucket-region")
    return region


def link_end(now: datetime, signed_with: Lifetime) -> tuple[datetime, str]:
    """When a link signed now expires, and a note for the user: it expires with the credentials that signed it.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html#PresignedUrl-Expiration
    """
    longest = now + LINK_LIFETIME
    if signed_with.temporary and signed_with.end is None:
        return longest, "or until the temporary credentials that signed it expire"
    return min(longest, signed_with.end or longest), ""
