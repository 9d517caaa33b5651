"""Checksums of S3 uploads: those given are verified and stored, as in S3. Pure.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Mapping

from sandbox.aws.protocol import AwsError, Call, Reply

PREFIX = "x-amz-checksum-"
ALGORITHM_HEADER = "x-amz-sdk-checksum-algorithm"
DIGESTS: Mapping[str, Callable[[bytes], bytes]] = {
    "crc32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
    "sha1": lambda body: hashlib.sha1(body).digest(),
    "sha256": lambda body: hashlib.sha256(body).digest(),
}
# Chunked bodies contain checksum and signature; the SDK's own framing is assumed to be right.
CHUNKED = "STREAMING-"


def named(call: Call) -> tuple[str, str] | None:
    """The algorithm and value of the checksum in an upload's headers, or None."""
    for algorithm in DIGESTS:
        if value := call.header(PREFIX + algorithm):
            return algorithm, value
    return None


def verified(call: Call) -> Call:
    """An upload with its checksum verified, in a form that moto stores. Raises AwsError for a wrong checksum."""
    found = named(call)
    if found is None or call.header("x-amz-content-sha256").startswith(CHUNKED):
        return call
    algorithm, value = found
    right = base64.b64encode(DIGESTS[algorithm](call.body)).decode()
    if len(value) != len(right):
        raise AwsError("InvalidRequest", f"Value for {PREFIX}{algorithm} header is invalid.", 400)
    if value != right:
        raise AwsError(
            "BadDigest", f"The {algorithm.upper()} you specified did not match the calculated checksum.", 400
        )
    return call if call.header(ALGORITHM_HEADER) else call.with_headers({ALGORITHM_HEADER: algorithm.upper()})


def shown(reply: Reply) -> Reply:
    """A reply that says whether a checksum is of the whole object or of its parts' checksums."""
    if not reply.ok or reply.header(f"{PREFIX}type"):
        return reply
    parts = (reply.header("etag") or "").strip('"').partition("-")[2]
    headers = []
    found = False
    for name, value in reply.headers:
        if name.lower().startswith(PREFIX) and name.lower().removeprefix(PREFIX) in {*DIGESTS, "crc32c", "crc64nvme"}:
            found = True
            value = f"{value}-{parts}" if parts and "-" not in value else value
        headers.append((name, value))
    if found:
        headers.append((f"{PREFIX}type", "COMPOSITE" if parts else "FULL_OBJECT"))
    return Reply(reply.status, tuple(headers), reply.body)
