"""How S3 is addressed, so that presigned URLs open everywhere.

By default, botocore signs them for the global endpoint. That never serves regions opened since 20 March 2019, and
redirects requests for a new bucket elsewhere for hours, which breaks the signature:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html#VirtualHostingBackwardsCompatibility
https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

# The region's own endpoint, with the bucket in the host name: https://bucket.s3.region.amazonaws.com/key
REGIONAL: Mapping[str, Any] = {
    "signature_version": "s3v4",
    "s3": {"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
}
# Below a host that the user names, nothing may answer to the names of buckets.
OVERRIDDEN: Mapping[str, Any] = {"signature_version": "s3v4", "s3": {"addressing_style": "path"}}


def client(create: Callable[[Mapping[str, Any]], Any]) -> Any:
    """The client of S3 that `create` makes of more settings for botocore's Config.

    Environment and profile can override the endpoint in several places, which only botocore knows:
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """
    usual = create(REGIONAL)
    return create(OVERRIDDEN) if _is_overridden(usual, create, REGIONAL) else usual


def endpoint_of(s3: Any) -> str | None:
    """The URL of the endpoint of a client that `client` made, without a user name or password; None for AWS's own."""
    settings = getattr(s3.meta.config, "s3", None) or {}
    if settings.get("addressing_style") != OVERRIDDEN["s3"]["addressing_style"]:
        return None
    parts = urlsplit(str(s3.meta.endpoint_url))
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def control_client(create: Callable[[Mapping[str, Any]], Any]) -> Any:
    """The client of S3 Control, which has the account in the host name, and in a header as well.

    Below a host that the user names, nothing may answer to accounts either: there, the header alone tells.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html
    """
    made = create({})
    if _is_overridden(made, create, {}):
        made.meta.events.register("before-call.s3-control", _without_account)
    return made


def _without_account(params: dict[str, Any], **_: Any) -> None:
    account = params["headers"].get("x-amz-account-id", "")
    params["url"] = str(params["url"]).replace(f"://{account}.", "://", 1)


def _is_overridden(made: Any, create: Callable[[Mapping[str, Any]], Any], settings: Mapping[str, Any]) -> bool:
    without_override = create({**settings, "ignore_configured_endpoint_urls": True})
    return bool(made.meta.endpoint_url != without_override.meta.endpoint_url)
