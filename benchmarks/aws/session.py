"""Connections to AWS, and its errors in a user's words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Literal, Protocol

Client = Any  # boto3 makes its clients' classes at run time
AwsShape = Mapping[str, Any]  # a structure of AWS's API, as in a request or an answer


class Connect(Protocol):
    """Makes a client for a service, in the run's region or in the one given."""

    def __call__(self, service: str, region: str | None = None) -> Client: ...


# Throttled calls are tried again, ever more slowly: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
RETRY_MODE: Literal["adaptive"] = "adaptive"
ATTEMPTS = 8


def connector(region: str, attempts: int = ATTEMPTS, connect_timeout: float = 10) -> Connect:
    """Connections with the botocore credential chain."""
    # Half of a command's start-up time, and many commands do not need AWS.
    import boto3
    import botocore.config

    session = boto3.session.Session(region_name=region)
    config = botocore.config.Config(
        retries={"mode": RETRY_MODE, "max_attempts": attempts}, connect_timeout=connect_timeout, read_timeout=60
    )

    # Links to S3 would else be signed in the old way, which newer regions do not know.
    signatures = {"s3": botocore.config.Config(signature_version="s3v4")}

    def connect(service: str, region: str | None = None) -> Client:
        merged = config.merge(signatures.get(service, config))
        return session.client(service, region_name=region, config=merged)  # type: ignore[call-overload]

    return connect


def give_up_on(client: Client, operation: str, codes: Collection[str]) -> None:
    """Have one of a client's operations fail at once with these error codes.

    botocore repeats whatever ends with HTTP status 500 for half a minute, and EC2 says so too that it has no capacity:
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    """

    def finish_at_once(response: Any, **_: Any) -> None:
        if response is not None and response[1].get("Error", {}).get("Code") in codes:
            response[0].status_code = 400

    event = f"needs-retry.{client.meta.service_model.service_id.hyphenize()}.{operation}"
    client.meta.events.register_first(event, finish_at_once, unique_id=f"give-up-on-{operation}")


def lifetime_of_credentials() -> tuple[bool, datetime | None]:
    """Whether the credentials in use are temporary, and when they end, None where that is not known."""
    import botocore.session

    credentials = botocore.session.Session().get_credentials()
    if credentials is None or not credentials.get_frozen_credentials().token:
        return False, None
    # botocore keeps the time of those that it renews itself; those of the environment carry none.
    return True, getattr(credentials, "_expiry_time", None)
