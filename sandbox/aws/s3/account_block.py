"""The account's own block of public access, which is a call of S3 Control and stands above that of every bucket.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from xml.etree import ElementTree

from sandbox.aws.protocol import AwsError, Call, Reply, written_answer

SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
ACCOUNT_HEADER = "x-amz-account-id"


class AccountBlock:
    """What an account blocks for all its buckets; nothing at first. Thread-safe."""

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id
        self._lock = threading.Lock()
        self._settings: Mapping[str, bool] | None = None

    @property
    def blocks_policies(self) -> bool:
        """Whether public policies are refused."""
        return self._is_on("BlockPublicPolicy")

    @property
    def restricts(self) -> bool:
        """Whether public policies that there are have no effect."""
        return self._is_on("RestrictPublicBuckets")

    def _is_on(self, name: str) -> bool:
        return bool(self._settings and self._settings[name])

    def __call__(self, call: Call) -> Reply:
        """Answer Get-, Put- or DeletePublicAccessBlock of S3 Control. Raises AwsError."""
        if call.header(ACCOUNT_HEADER) != self._account_id:
            raise AwsError("AccessDenied", "Access Denied", 403)
        if call.method == "GET":
            if self._settings is None:
                raise AwsError(
                    "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found", 404
                )
            found = {"PublicAccessBlockConfiguration": dict(self._settings)}
            return written_answer("s3control", "GetPublicAccessBlock", found)
        with self._lock:
            self._settings = _read(call.body) if call.method == "PUT" else None
        return written_answer("s3control", f"{call.method.capitalize()}PublicAccessBlock", {})


def _read(body: bytes) -> Mapping[str, bool]:
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        raise AwsError("MalformedXML", "The XML you provided was not well-formed") from None
    given = {one.tag.rpartition("}")[2]: one.text for one in root}
    return {name: given.get(name) == "true" for name in SETTINGS}
