"""The link to a log that is in S3, and when it ends."""

from __future__ import annotations

from datetime import datetime, timedelta

# The longest that a signature of version 4 is accepted.
LINK_LIFETIME = timedelta(days=7)


def link_end(now: datetime, temporary: bool, credentials_end: datetime | None) -> tuple[datetime, str]:
    """Until when a link signed now opens, and what is to be said of that: it ends with what signed it."""
    longest = now + LINK_LIFETIME
    if temporary and credentials_end is None:
        return longest, "or until the temporary credentials that signed it expire"
    return min(longest, credentials_end or longest), ""
