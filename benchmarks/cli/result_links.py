"""Prints links to the published logs of results."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache

from benchmarks.aws import session
from benchmarks.aws.aws_errors import refusing
from benchmarks.aws.session import Client
from benchmarks.errors import RefusedError
from benchmarks.parameters import region
from benchmarks.results import link
from benchmarks.results.labelled import Labelled
from benchmarks.text import escaped

# Which region a bucket is in can be asked in any region of a partition.
_ANY_REGION = "us-east-1"


def show(sources: Sequence[Labelled]) -> None:
    """Print a new link to the log of each source, and name those that have none.

    Raises RefusedError if none was published, and if AWS does not accept the credentials.
    """
    logs = [(source.label, source.log) for source in sources if source.log]
    without = [_no_link(source) for source in sources if not source.log]
    if not logs:
        raise RefusedError(without[0])
    with refusing():
        connect = session.connector(region.of_environment(os.environ) or _ANY_REGION)

        @cache
        def client_of(bucket: str, known: str | None) -> Client:
            # A link for another region than the bucket's does not open.
            return connect("s3", known or link.region_of(connect("s3"), bucket))

        for label, log in logs:
            made = link.make(client_of(log.bucket, log.region), log.bucket, log.key)
            print(escaped(label))
            print(made.url)
            print(link.opening(made.until, made.note))
    for sentence in without:
        print(escaped(sentence), file=sys.stderr)


def _no_link(source: Labelled) -> str:
    return f"{source.label} was not published, as far as this machine knows, so it has no link."
