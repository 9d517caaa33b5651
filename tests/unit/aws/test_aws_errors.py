"""AWS's errors in a user's words."""

from __future__ import annotations

from typing import Any

import botocore.exceptions
import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from benchmarks.aws import aws_errors
from benchmarks.errors import FailedError, RefusedError
from tests.support.aws_fakes import FakeClient, aws_error

NO_BUCKET: Any = {"Error": {"Code": "NoSuchBucket", "Message": "No.", "BucketName": "mine"}}


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            aws_error(
                "UnauthorizedOperation",
                "You are not authorized to perform: ec2:RunInstances on x. Encoded authorization failure message: AAAA",
            ),
            "Your AWS user lacks the permission ec2:RunInstances: ask for the policy in docs/iam-policy.md. AWS said: "
            "You are not authorized to perform: ec2:RunInstances on x.",
        ),
        (
            aws_error("AccessDenied", "Access Denied", "PutObject"),
            "Your AWS user lacks the permission PutObject: ask for the policy in docs/iam-policy.md. AWS said: Access "
            "Denied.",
        ),
        (
            aws_error("AuthFailure", "AWS was not able to validate the provided access credentials"),
            "AWS does not accept the credentials (AuthFailure): check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
            "sign in again.",
        ),
        (
            aws_error("InvalidKey", "It is odd."),
            "AWS refused RunInstances (InvalidKey): It is odd. Change what this names in the request or in the launch "
            "template, or give another by --launch-template.",
        ),
        (
            aws_error("Unavailable", "Soon."),
            "AWS refused RunInstances (Unavailable): Soon. Try again in a few minutes.",
        ),
        (aws_error("InvalidKey", "Odd.", "GetIt"), "AWS refused GetIt (InvalidKey): Odd."),
        (
            aws_error("NoSuchBucket", "It is not there.", "PutObject"),
            "AWS refused PutObject (NoSuchBucket): It is not there. ./inv bench.setup creates it.",
        ),
        (
            ClientError(NO_BUCKET, "PutObject"),
            "AWS refused PutObject (NoSuchBucket): No. ./inv bench.setup --bucket mine creates it.",
        ),
        (botocore.exceptions.NoCredentialsError(), aws_errors.NO_CREDENTIALS),
        (
            botocore.exceptions.EndpointConnectionError(endpoint_url="https://x"),
            'AWS cannot be reached: Could not connect to the endpoint URL: "https://x". Check the network and the '
            "region's name, and behind a proxy HTTPS_PROXY and AWS_CA_BUNDLE.",
        ),
        (
            botocore.exceptions.ReadTimeoutError(endpoint_url="https://x"),
            'AWS cannot be reached: Read timeout on endpoint URL: "https://x". Check the network and the '
            "region's name, and behind a proxy HTTPS_PROXY and AWS_CA_BUNDLE.",
        ),
        (
            botocore.exceptions.SSLError(endpoint_url="https://x", error=OSError("certificate verify failed")),
            "AWS cannot be reached: SSL validation failed for https://x certificate verify failed. Check the network "
            "and the region's name, and behind a proxy HTTPS_PROXY and AWS_CA_BUNDLE.",
        ),
        (
            botocore.exceptions.ProxyConnectionError(proxy_url="http://proxy:1"),
            'AWS cannot be reached: Failed to connect to proxy URL: "http://proxy:1". Check the network and the '
            "region's name, and behind a proxy HTTPS_PROXY and AWS_CA_BUNDLE.",
        ),
    ],
)
def test_an_error_becomes_a_sentence(error: Exception, sentence: str) -> None:
    assert aws_errors.sentence(error) == sentence
    with pytest.raises(RefusedError) as refused, aws_errors.refusing():
        raise error
    assert str(refused.value) == sentence


@pytest.mark.parametrize("error", [RefusedError("No."), FailedError("No.")])
def test_a_sentence_of_our_own_stays_as_it_is(error: Exception) -> None:
    assert aws_errors.sentence(error) == "No."


def test_what_is_optional_is_none_without_the_permission() -> None:
    denied = FakeClient(get=aws_error("AccessDeniedException"), other=aws_error("Throttling"), fine=7)
    assert aws_errors.optional(denied.get) is None
    assert aws_errors.optional(denied.fine) == 7
    with pytest.raises(botocore.exceptions.ClientError, match="Throttling"):
        aws_errors.optional(denied.other)


def test_an_answer_that_is_not_awss_is_told_without_its_text() -> None:
    error = ResponseParserError("Unable to parse response (<html>… a proxy's page …)")
    assert isinstance(error, aws_errors.errors())
    assert aws_errors.sentence(error) == (
        "What answered is not AWS, or its answer was damaged on its way: check the network, and behind a proxy "
        "HTTPS_PROXY."
    )
    with pytest.raises(RefusedError, match="What answered is not AWS"), aws_errors.refusing():
        raise error


def of_status(status: int, code: str) -> botocore.exceptions.ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return botocore.exceptions.ClientError(answer, "PutObject")


@pytest.mark.parametrize(
    ("error", "may_pass"),
    [
        (of_status(503, "SlowDown"), True),
        (of_status(500, "500"), True),
        (of_status(429, "TooManyRequests"), True),
        (of_status(400, "RequestTimeout"), True),
        (of_status(409, "ConditionalRequestConflict"), True),
        (of_status(403, "AccessDenied"), False),
        (of_status(404, "NoSuchBucket"), False),
        (of_status(400, "ExpiredToken"), False),
        (botocore.exceptions.EndpointConnectionError(endpoint_url="https://x"), True),
        (botocore.exceptions.ReadTimeoutError(endpoint_url="https://x"), True),
        (botocore.exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2), True),
        (botocore.exceptions.NoCredentialsError(), False),
        (botocore.exceptions.MetadataRetrievalError(error_msg="no"), False),
        (botocore.exceptions.TokenRetrievalError(provider="sso", error_msg="no"), False),
        (ResponseParserError("no XML"), True),
        (RefusedError("no"), False),
        (FailedError("no"), False),
    ],
)
def test_only_what_is_not_about_the_request_may_pass(error: Exception, may_pass: bool) -> None:
    assert aws_errors.may_pass(error) == may_pass
