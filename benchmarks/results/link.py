"""The expiry of presigned S3 links."""

from __future__ import annotations

from datetime import datetime, timedelta

# The maximum lifetime of a presigned URL with signature version 4.
LINK_LIFETIME = timedelta(days=7)


def link_end(now: datetime, temporary: bool, credentials_end: datetime | None) -> tuple[datetime, str]:
    """When a link signed now expires, and a note for the user: it expires with the credentials that signed it."""
    longest = now + LINK_LIFETIME
    if temporary and credentials_end is None:
        return longest, "or until the temporary credentials that signed it expire"
    return min(longest, credentials_end or longest), ""
