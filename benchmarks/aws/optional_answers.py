"""Answers that a run can do without, such as prices and quotas: if there is none, it is known why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import botocore.exceptions

from benchmarks.aws import aws_errors, barriers

# What reading a damaged answer raises.
DAMAGED = (AttributeError, LookupError, TypeError, ValueError)
UNREADABLE = "AWS's answer cannot be read"


class UnknownError(Exception):
    """AWS does not tell what was asked. The message is the reason, as the part of a sentence after a colon."""


def reason(error: botocore.exceptions.ClientError | botocore.exceptions.BotoCoreError, permission: str) -> str:
    """Why AWS did not answer, in its own words, as the part of a sentence after a colon."""
    if isinstance(error, botocore.exceptions.ClientError):
        if aws_errors.is_denied(error):
            return denied(error, permission)
        # Credentials that other services accept are not bad, though the code may be one for bad credentials.
        message = str(error.response.get("Error", {}).get("Message", "")).rstrip(".")
        return f"AWS refused {error.operation_name} ({aws_errors.code(error)}): {message}".rstrip(": ")
    if isinstance(error, botocore.exceptions.HTTPClientError | botocore.exceptions.ConnectionError):
        return f"AWS cannot be reached: {str(error).rstrip('.')}"
    return aws_errors.explain(error).rstrip(".")


def denied(error: botocore.exceptions.ClientError, permission: str) -> str:
    """Why AWS denied an answer for which this permission is asked, as the part of a sentence after a colon."""
    if barrier := barriers.of(error):
        return f"{barrier.what[0].lower()}{barrier.what[1:]} forbids {permission}"
    return f"the permission {permission} is missing"


@contextmanager
def optional(permission: str) -> Iterator[None]:
    """Turn every failure to get and read an answer from AWS into UnknownError. `permission` is the one to ask."""
    try:
        yield
    except (botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError) as error:
        raise UnknownError(reason(error, permission)) from error
    except DAMAGED as error:
        raise UnknownError(UNREADABLE) from error
    except aws_errors.of_aws() as error:
        raise UnknownError(UNREADABLE) from error
