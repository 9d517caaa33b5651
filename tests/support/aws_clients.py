"""boto3's own view of a sandbox: what the tests assert of AWS is read by it, from outside the tool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import boto3


def client(facts: Mapping[str, Any], service: str, region: str | None = None, token: str | None = None) -> Any:
    """A client of the account that `./inv sandbox.env --format json` tells of; in its region, unless another is named.

    Temporary keys have a session token.
    Clients are made in threads too, for which boto3's default session is not meant.
    """
    session: Any = boto3.session.Session()
    return session.client(
        service,
        endpoint_url=facts["endpoint_url"],
        region_name=region or facts["region"],
        aws_access_key_id=facts["access_key_id"],
        aws_secret_access_key=facts["secret_access_key"],
        aws_session_token=token,
    )
