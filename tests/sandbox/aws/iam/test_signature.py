"""Signatures as botocore makes them are told from others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from botocore.auth import HmacV1QueryAuth, S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sandbox.aws.iam import signature
from sandbox.aws.protocol import Call

KEY = Credentials("AKIA", "secret")
Make = Callable[[], Call]
URL = "http://127.0.0.1:5000/bucket/a%20b%2Bc/%C3%BC.log"


def read(request: AWSRequest) -> Call:
    """A signed request as the endpoint gets it."""
    prepared = request.prepare()
    url = urlsplit(prepared.url)
    environ = {
        "REQUEST_METHOD": prepared.method,
        "PATH_INFO": url.path,
        "RAW_URI": f"{url.path}?{url.query}",
        "QUERY_STRING": url.query,
        "HTTP_HOST": url.netloc,
    }
    for name, value in prepared.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value.decode() if isinstance(value, bytes) else value
    return Call(environ=environ, body=prepared.body if isinstance(prepared.body, bytes) else b"")


def by_header() -> Call:
    request = AWSRequest("PUT", URL, data=b"log", headers={"x-amz-meta-run": "a  b"})
    S3SigV4Auth(KEY, "s3", "us-east-1").add_auth(request)
    return read(request)


def by_link() -> Call:
    request = AWSRequest("GET", URL)
    S3SigV4QueryAuth(KEY, "s3", "us-east-1", expires=60).add_auth(request)
    return read(request)


def by_old_link() -> Call:
    request = AWSRequest("GET", f"{URL}?response-content-type=text%2Fplain", auth_path="/bucket/a%20b%2Bc/%C3%BC.log")
    HmacV1QueryAuth(KEY, expires=60).add_auth(request)
    return read(request)


def by_old_link_with_a_percent_sign() -> Call:
    request = AWSRequest("GET", f"{URL}?response-content-disposition=a%2520b")
    HmacV1QueryAuth(KEY, expires=60).add_auth(request)
    return read(request)


@pytest.mark.parametrize("make", [by_header, by_link, by_old_link, by_old_link_with_a_percent_sign])
def test_a_request_is_signed_by_the_key_that_made_its_signature_and_no_other(
    make: Make,
) -> None:
    call = make()
    assert signature.matches(call, "secret")
    assert not signature.matches(call, "another")


@pytest.mark.parametrize("make", [by_header, by_link, by_old_link])
def test_a_signature_is_of_one_method_and_one_path(make: Make) -> None:
    call = make()
    assert not signature.matches(replace(call, environ={**call.environ, "REQUEST_METHOD": "DELETE"}), "secret")
    elsewhere = str(call.environ["RAW_URI"]).replace("/bucket/", "/other/")
    assert not signature.matches(replace(call, environ={**call.environ, "RAW_URI": elsewhere}), "secret")


def test_a_signed_header_cannot_be_changed() -> None:
    assert not signature.matches(by_header().with_headers({"x-amz-meta-run": "another"}), "secret")


def test_calls_of_other_services_are_signed_with_their_query_in_any_order() -> None:
    request = AWSRequest("GET", "http://127.0.0.1:5000/?Version=1&Action=DescribeRegions")
    SigV4Auth(KEY, "ec2", "us-east-1").add_auth(request)
    call = read(request)
    assert signature.matches(call, "secret")
    turned = {**call.environ, "QUERY_STRING": "Action=DescribeRegions&Version=1"}
    assert signature.matches(replace(call, environ=turned), "secret")


def test_a_request_without_a_signature_is_signed_by_nobody() -> None:
    assert not signature.matches(read(AWSRequest("GET", URL)), "secret")


def test_a_body_that_was_changed_on_its_way_is_found_out() -> None:
    assert signature.body_matches(by_header())
    assert not signature.body_matches(replace(by_header(), body=b"other"))
    # A link names no body.
    assert signature.body_matches(replace(by_link(), body=b"any"))


@pytest.mark.parametrize("make", [by_link, by_old_link])
def test_a_link_says_when_it_ends(make: Make) -> None:
    call = make()
    assert signature.presigned(call)
    ends = signature.expires(call)
    assert ends is not None
    assert abs(ends - datetime.now(UTC) - timedelta(seconds=60)) < timedelta(seconds=5)


def test_a_signature_in_a_header_is_no_link_and_nonsense_has_no_end() -> None:
    assert not signature.presigned(by_header())
    assert signature.expires(by_header()) is None
    assert signature.expires(Call({"QUERY_STRING": "AWSAccessKeyId=a&Signature=b&Expires=soon"}, b"")) is None
