"""Turns AWS's errors into sentences for the user."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import botocore.exceptions

from benchmarks import hints
from benchmarks.aws import barriers, botocore_errors
from benchmarks.errors import FailedError, RefusedError

NO_CREDENTIALS = (
    "No AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run "
    "aws configure. Without an account, ./inv demo in a checkout of the project shows the tool at work."
)
BAD_CREDENTIALS = (
    "AWS does not accept the credentials ({code}): check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in again."
)
UNREADABLE = (
    "What answered is not AWS, or its answer was damaged on its way: check the network, and behind a proxy HTTPS_PROXY."
)
CREDENTIAL_CODES = frozenset(
    {"AuthFailure", "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId",
     "InvalidSignatureException", "RequestExpired", "SignatureDoesNotMatch", "UnrecognizedClientException"}
)  # fmt: skip
_DENIED_CODES = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Forbidden", "403"})
# EC2's server errors, and those of too many requests.
_TEMPORARY_CODES = frozenset(
    {"InternalError", "InternalFailure", "RequestLimitExceeded", "ServiceUnavailable", "SlowDown", "Unavailable"}
)
# What S3 says with a status below 500 although it may pass: a request took too long or met another.
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_PASSING_CODES = frozenset({"ConditionalRequestConflict", "OperationAborted", "RequestTimeout"})
_ACTION = re.compile(r"perform: (\S+)")


def code(error: botocore.exceptions.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def is_denied(error: botocore.exceptions.ClientError) -> bool:
    return code(error) in _DENIED_CODES


def may_pass(error: Exception) -> bool:
    """Whether one of errors() may pass by itself: AWS is overloaded, out of order or out of reach.

    botocore has repeated the request by then. https://docs.aws.amazon.com/AmazonS3/latest/userguide/ErrorBestPractices.html
    """
    if isinstance(error, botocore.exceptions.ClientError):
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        return status >= 500 or status == 429 or code(error) in _TEMPORARY_CODES | _PASSING_CODES
    if isinstance(error, botocore.exceptions.BotoCoreError):
        return botocore_errors.may_pass(error)
    # What cannot be read is another's answer, such as a proxy's.
    return isinstance(error, of_aws())


def said(error: botocore.exceptions.ClientError) -> str:
    """What AWS said, without a full stop and what only AWS can decode."""
    text = str(error.response.get("Error", {}).get("Message", ""))
    return text.partition(" Encoded authorization")[0].rstrip(".")


def forbidden(permissions: str, error: botocore.exceptions.ClientError) -> str:
    """Why something is refused that no permission of the user's own would allow (see barriers), as a sentence."""
    if (barrier := barriers.of(error)) is None:
        raise ValueError("AWS names nothing but a missing permission")
    return (
        f"{barrier.what} forbids {permissions}, whatever else your AWS user is allowed: {barrier.remedy}. "
        f"AWS said: {said(error)}."
    )


def explain(error: botocore.exceptions.ClientError | botocore.exceptions.BotoCoreError) -> str:
    """What an AWS error means and what to do about it, as a sentence for the user."""
    if isinstance(error, botocore.exceptions.ClientError):
        message = said(error)
        if code(error) in CREDENTIAL_CODES:
            return BAD_CREDENTIALS.format(code=code(error))
        if is_denied(error):
            action = _ACTION.search(message)
            permission = action[1] if action else error.operation_name
            if barriers.of(error):
                return forbidden(permission, error)
            return (
                f"Your AWS user lacks the permission {permission}: ask for the policy in docs/iam-policy.md. "
                f"AWS said: {message}."
            )
        return f"AWS refused {error.operation_name} ({code(error)}): {message}.{_next_step(error)}"
    if isinstance(error, botocore.exceptions.NoCredentialsError | botocore.exceptions.PartialCredentialsError):
        return NO_CREDENTIALS
    return botocore_errors.meaning(error)


def _next_step(error: botocore.exceptions.ClientError) -> str:
    """What to do about a launch that EC2 refuses, or a bucket that is gone, as a sentence after AWS's; else empty.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    """
    if code(error) == "NoSuchBucket":
        name = error.response["Error"].get("BucketName")
        return f" {hints.command_line(f'bench.setup --bucket {name}' if name else 'bench.setup')} creates it."
    if error.operation_name != "RunInstances":
        return ""
    if code(error) in _TEMPORARY_CODES:
        return " Try again in a few minutes."
    return " Change what this names in the request or in the launch template, or give another by --launch-template."


@contextmanager
def refusing() -> Iterator[None]:
    """Turn AWS errors into RefusedError, for calls made before anything is started."""
    try:
        yield
    except of_aws() as error:
        raise RefusedError(sentence(error)) from error


def optional(call: Callable[[], Any]) -> Any:
    """The result of `call`, None if the permission for it is missing."""
    try:
        return call()
    except botocore.exceptions.ClientError as error:
        if is_denied(error):
            return None
        raise


def of_aws() -> tuple[type[Exception], ...]:
    """The classes of errors that calls to AWS raise. A function, since `except` calls it only if there was one."""
    # It takes longer to load than all else in a command's start.
    from botocore.parsers import ResponseParserError

    return (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError, ResponseParserError)


def errors() -> tuple[type[Exception], ...]:
    """The classes of errors to expect from a stage that calls AWS; any other is a bug."""
    return (RefusedError, FailedError, *of_aws())


def sentence(error: Exception) -> str:
    """One of errors() as a sentence for the user."""
    if isinstance(error, botocore.exceptions.ClientError | botocore.exceptions.BotoCoreError):
        return explain(error)
    # What cannot be read, as a proxy's own page, may be of any length.
    return UNREADABLE if isinstance(error, of_aws()) else str(error)


def unless(missing: str, call: Callable[[], Any]) -> Any:
    """The result of `call`, None if it fails with the error code `missing`."""
    try:
        return call()
    except botocore.exceptions.ClientError as error:
        if code(error) == missing:
            return None
        raise
