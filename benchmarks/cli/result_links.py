"""Prints links to the published logs of results."""

from __future__ import annotations

import os
from collections.abc import Sequence

from benchmarks.aws import session
from benchmarks.aws.aws_errors import refusing
from benchmarks.errors import RefusedError
from benchmarks.parameters import region
from benchmarks.results import link
from benchmarks.results.labelled import Labelled, S3Object
from benchmarks.text import escaped

# Which region a bucket is in can be asked in any region of a partition.
_ANY_REGION = "us-east-1"


def show(sources: Sequence[Labelled]) -> None:
    """Print a new link to the log of each source.

    Raises RefusedError if one was not published, and if AWS does not accept the credentials.
    """
    logs = [(source.label, _log(source)) for source in sources]
    with refusing():
        connect = session.connector(region.of_environment(os.environ) or _ANY_REGION)
        for label, log in logs:
            # A link for another region than the bucket's does not open.
            place = log.region or link.region_of(connect("s3"), log.bucket)
            signed = link.sign(connect("s3", place), log.bucket, log.key)
            print(escaped(label))
            print(signed.url)
            print(f"opens until {signed.until.isoformat(timespec='minutes')} {signed.note}".rstrip())


def _log(source: Labelled) -> S3Object:
    if source.log is None:
        raise RefusedError(f"{source.label} was not published, as far as this machine knows, so it has no link.")
    return source.log
