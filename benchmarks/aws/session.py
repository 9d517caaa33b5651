"""Connections to AWS, and its errors in a user's words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal, Protocol

import botocore.exceptions

from benchmarks.errors import FailedError, RefusedError

Client = Any  # boto3 makes its clients' classes at run time


class Connect(Protocol):
    """Makes a client for a service, in the run's region or in the one given."""

    def __call__(self, service: str, region: str | None = None) -> Client: ...


NO_CREDENTIALS = (
    "No AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run "
    "aws configure. "
    "Without an account, ./inv demo in a checkout of the project shows the tool at work."
)
BAD_CREDENTIALS = (
    "AWS does not accept the credentials ({code}): check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in again."
)

_CREDENTIAL_CODES = frozenset(
    {"AuthFailure", "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId",
     "RequestExpired", "SignatureDoesNotMatch", "UnrecognizedClientException"}
)  # fmt: skip
_DENIED_CODES = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Forbidden", "403"})
_ACTION = re.compile(r"perform: (\S+)")

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

    def settle(response: Any, **_: Any) -> None:
        if response is not None and response[1].get("Error", {}).get("Code") in codes:
            response[0].status_code = 400

    event = f"needs-retry.{client.meta.service_model.service_id.hyphenize()}.{operation}"
    client.meta.events.register_first(event, settle, unique_id=f"give-up-on-{operation}")


def lifetime_of_credentials() -> tuple[bool, datetime | None]:
    """Whether the credentials in use are temporary, and when they end, None where that is not known."""
    import botocore.session

    credentials = botocore.session.Session().get_credentials()
    if credentials is None or not credentials.get_frozen_credentials().token:
        return False, None
    # botocore keeps the time of those that it renews itself; those of the environment carry none.
    return True, getattr(credentials, "_expiry_time", None)


def code(error: botocore.exceptions.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def is_denied(error: botocore.exceptions.ClientError) -> bool:
    return code(error) in _DENIED_CODES


def explain(error: botocore.exceptions.ClientError | botocore.exceptions.BotoCoreError) -> str:
    """What an AWS error means for the user, as a sentence that says what to do."""
    if isinstance(error, botocore.exceptions.ClientError):
        message = (
            str(error.response.get("Error", {}).get("Message", "")).partition(" Encoded authorization")[0].rstrip(".")
        )
        if code(error) in _CREDENTIAL_CODES:
            return BAD_CREDENTIALS.format(code=code(error))
        if is_denied(error):
            action = _ACTION.search(message)
            permission = action[1] if action else error.operation_name
            return (
                f"Your AWS user lacks the permission {permission}: ask for the policy in docs/iam-policy.md. "
                f"AWS said: {message}."
            )
        return f"AWS refused {error.operation_name} ({code(error)}): {message}."
    if isinstance(error, botocore.exceptions.NoCredentialsError | botocore.exceptions.PartialCredentialsError):
        return NO_CREDENTIALS
    if isinstance(error, botocore.exceptions.ConnectionError):
        return (
            f"AWS cannot be reached: {str(error).rstrip('.')}. Check the network and the region's name, and behind a "
            f"proxy HTTPS_PROXY and AWS_CA_BUNDLE."
        )
    return f"{type(error).__name__}: {error}"


@contextmanager
def refusing() -> Iterator[None]:
    """Turns AWS errors into RefusedError, for what happens before anything is started."""
    try:
        yield
    except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:
        raise RefusedError(explain(error)) from error


def tags(resource: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in resource.get("Tags", [])}


def as_tags(values: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as AWS takes them."""
    return [{"Key": key, "Value": value} for key, value in values.items()]


def optional(call: Callable[[], Any]) -> Any:
    """What `call` returns, None where the permission for it is missing."""
    try:
        return call()
    except botocore.exceptions.ClientError as error:
        if is_denied(error):
            return None
        raise


# Whatever a stage that talks to AWS may end with, besides defects of its own.
ERRORS = (RefusedError, FailedError, botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError)


def sentence(error: Exception) -> str:
    """One of ERRORS as a sentence for the user."""
    if isinstance(error, botocore.exceptions.ClientError | botocore.exceptions.BotoCoreError):
        return explain(error)
    return str(error)
