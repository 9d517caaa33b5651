"""Whether a request is signed with a given secret key. Pure.

Signature version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
Version 2 only in presigned URLs, where S3 still accepts it:
https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from sandbox.aws.protocol import Call

HEADER = re.compile(r"SignedHeaders=(?P<headers>[^,\s]+).*Signature=(?P<signature>[0-9a-f]{64})")
ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
# Query parameters that are part of the resource in signature version 2.
SUBRESOURCES = frozenset({"acl", "delete", "lifecycle", "location", "policy", "tagging", "uploads", "uploadId"}) | {
    "partNumber",
    "versionId",
    "versions",
    "response-content-type",
    "response-content-disposition",
}


def presigned(call: Call) -> bool:
    """Whether the signature is in the URL rather than in a header."""
    return "X-Amz-Signature" in call.query or {"AWSAccessKeyId", "Signature"} <= call.query.keys()


def expires(call: Call) -> datetime | None:
    """When a presigned URL expires; None if the URL does not say, or not in a valid form."""
    try:
        if "Expires" in call.query:
            return datetime.fromtimestamp(int(call.query["Expires"]), UTC)
        begins = _moment(call.query["X-Amz-Date"])
        return begins + timedelta(seconds=int(call.query["X-Amz-Expires"]))
    except (KeyError, ValueError):
        return None


def matches(call: Call, secret: str) -> bool:
    """Whether the request is signed with this secret key."""
    if "Signature" in call.query:
        return hmac.compare_digest(_version_2(call, secret), call.query["Signature"])
    if "X-Amz-Signature" in call.query:
        headers = call.query.get("X-Amz-SignedHeaders", "host")
        payload = call.header("x-amz-content-sha256") or UNSIGNED
        return hmac.compare_digest(
            _version_4(call, secret, headers, payload, call.query.get("X-Amz-Date", "")),
            call.query["X-Amz-Signature"],
        )
    found = HEADER.search(call.header("authorization"))
    if not found:
        return False
    payload = call.header("x-amz-content-sha256") or hashlib.sha256(call.body).hexdigest()
    return hmac.compare_digest(
        _version_4(call, secret, found["headers"], payload, call.header("x-amz-date")), found["signature"]
    )


def body_matches(call: Call) -> bool:
    """Whether the body has the SHA-256 in the signed header, if there is one."""
    named = call.header("x-amz-content-sha256")
    return not re.fullmatch(r"[0-9a-f]{64}", named) or hashlib.sha256(call.body).hexdigest() == named


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _version_4(call: Call, secret: str, signed_headers: str, payload: str, date: str) -> str:
    scope = call.scope
    pairs = [part.partition("=") for part in call.raw_query.split("&") if part]
    query = "&".join(sorted(f"{key}={value}" for key, _, value in pairs if key != "X-Amz-Signature"))
    headers = "".join(f"{name}:{' '.join(call.header(name).split())}\n" for name in signed_headers.split(";"))
    path = call.raw_path if call.service == "s3" else quote(call.raw_path, safe="/~")
    canonical = "\n".join([call.method, path, query, headers, signed_headers, payload])
    to_sign = "\n".join([ALGORITHM, date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()


def _version_2(call: Call, secret: str) -> str:
    amz = {key.lower(): value for key, value in call.query.items() if key.lower().startswith("x-amz-")}
    headers = "".join(f"{key}:{value}\n" for key, value in sorted(amz.items()))
    sub = [
        key if not value and "=" not in key else f"{key}={value}"
        for key, value in sorted(call.query.items())
        if key in SUBRESOURCES
    ]
    resource = call.raw_path + ("?" + "&".join(sub) if sub else "")
    to_sign = "\n".join([call.method, call.header("content-md5"), call.header("content-type"), call.query["Expires"]])
    digest = hmac.new(secret.encode(), f"{to_sign}\n{headers}{resource}".encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
