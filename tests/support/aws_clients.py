"""boto3's own view of a sandbox: what the tests assert of AWS is read by it, from outside the tool."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import boto3


def client(facts: Mapping[str, Any], service: str, region: str | None = None, token: str | None = None) -> Any:
    """A client of the account that `./inv sandbox.env --format json` tells of; in its region, unless another is named.

    Temporary keys have a session token.
    """
    keys = (facts["access_key_id"], facts["secret_access_key"], token)
    return _client(service, facts["endpoint_url"], region or facts["region"], *keys)


# To make one takes longer than most calls, since EC2's description is large. Threads may share it, not boto3's default
# session: https://docs.aws.amazon.com/boto3/latest/guide/clients.html#multithreading-or-multiprocessing-with-clients
@lru_cache
def _client(service: str, endpoint_url: str, region: str, key: str, secret: str, token: str | None) -> Any:
    session: Any = boto3.session.Session()
    return session.client(
        service,
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
    )
