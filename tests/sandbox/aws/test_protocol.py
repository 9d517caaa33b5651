"""Requests are read as SDKs write them, and answers and errors are written as SDKs read them."""

from __future__ import annotations

import io
from typing import Any

import pytest

from sandbox.aws.protocol import AwsError, Call, Reply, answer, failure, result_of, through_wsgi

SIGNED = "AWS4-HMAC-SHA256 Credential=AKIA/20260519/eu-north-1/{}/aws4_request, SignedHeaders=host, Signature=0"


def call(service: str = "s3", method: str = "GET", path: str = "/", query: str = "", **headers: str) -> Call:
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
    environ["HTTP_AUTHORIZATION"] = SIGNED.format(service)
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return Call(environ=environ, body=b"")


def test_parameters_of_a_query_are_read_as_they_were_written() -> None:
    given = {
        "InstanceIds": ["i-1", "i-2"],
        "Filters": [{"Name": "tag:run", "Values": ["ä b&c", "*"]}],
        "DryRun": True,
    }
    made = Call.internal("ec2", "eu-north-1", "123456789012").with_parameters(given, "DescribeInstances")
    assert (made.service, made.region, made.action) == ("ec2", "eu-north-1", "DescribeInstances")
    assert made.parameters == given


def test_a_signature_tells_who_calls_which_service_where() -> None:
    signed = call("iam")
    assert (signed.access_key, signed.region, signed.service) == ("AKIA", "eu-north-1", "iam")
    assert signed.scope == "20260519/eu-north-1/iam/aws4_request"
    linked = Call({"QUERY_STRING": "X-Amz-Credential=AKIB%2F20260519%2Fus-east-1%2Fs3%2Faws4_request"}, b"")
    assert (linked.access_key, linked.region, linked.service) == ("AKIB", "us-east-1", "s3")
    old = Call({"QUERY_STRING": "AWSAccessKeyId=AKIC&Signature=x&Expires=1"}, b"")
    assert (old.access_key, old.service) == ("AKIC", "s3")
    assert Call({}, b"").access_key == Call({}, b"").service == ""


@pytest.mark.parametrize(
    ("made", "action"),
    [
        (call(method="PUT", path="/bucket"), "CreateBucket"),
        (call(method="PUT", path="/bucket/a/key"), "PutObject"),
        (call(path="/bucket/key"), "GetObject"),
        (call(path="/bucket", query="policy"), "GetBucketPolicy"),
        (call("pricing", method="POST", x_amz_target="AWSPriceListService.GetProducts"), "GetProducts"),
        (call("sts", query="Action=GetCallerIdentity"), "GetCallerIdentity"),
        (call("ec2"), ""),
    ],
)
def test_the_action_is_told_from_path_query_or_header(made: Call, action: str) -> None:
    assert made.action == action


def test_headers_are_set_and_removed_and_the_first_call_stays_as_it_is() -> None:
    first = call(x_amz_acl="private")
    changed = first.with_headers({"x-amz-acl": None, "x-other": "1"})
    assert (changed.header("X-Amz-Acl"), changed.header("x-other")) == ("", "1")
    assert (first.header("x-amz-acl"), first.header("x-other")) == ("private", "")


def test_a_body_is_read_as_far_as_its_length_says() -> None:
    environ = {"wsgi.input": io.BytesIO(b"body and more"), "CONTENT_LENGTH": "4"}
    assert Call.read(environ).body == b"body"
    assert Call.read({"wsgi.input": io.BytesIO(b"of another request")}).body == b""


@pytest.mark.parametrize(
    ("service", "action", "result"),
    [
        ("ec2", "DescribeRegions", {"Regions": [{"RegionName": "eu-north-1"}]}),
        ("sts", "GetCallerIdentity", {"UserId": "u", "Account": "1", "Arn": "arn:aws:iam::1:user/ä<b>"}),
    ],
)
def test_an_answer_is_read_as_it_was_written(service: str, action: str, result: dict[str, Any]) -> None:
    made = Call.internal(service, "us-east-1", "1").with_parameters({}, action)
    assert result_of(made, answer(made, result)) == result


@pytest.mark.parametrize("service", ["ec2", "sts"])
def test_an_error_is_read_as_it_was_written(service: str) -> None:
    action = {"ec2": "DescribeRegions", "sts": "GetCallerIdentity"}[service]
    made = Call.internal(service, "us-east-1", "1").with_parameters({}, action)
    reply = failure(made, AwsError("AuthFailure", "You <may> not & never.", 401))
    assert not reply.ok
    with pytest.raises(AwsError) as refused:
        result_of(made, reply)
    found = refused.value
    assert (found.code, found.message, found.status) == ("AuthFailure", "You <may> not & never.", 401)


def test_an_error_has_the_form_of_its_service() -> None:
    error = AwsError("NoSuchKey", "No.", 404)
    assert b"<Error><Code>NoSuchKey</Code>" in failure(call(path="/bucket/key"), error).body
    assert failure(call(method="HEAD", path="/bucket/key"), error).body == b""
    target = failure(call("pricing", x_amz_target="AWSPriceListService.GetProducts"), error)
    assert target.body == b'{"__type": "NoSuchKey", "message": "No."}'
    assert target.header("X-AMZN-ErrorType") == "NoSuchKey"


def test_an_application_answers_with_all_that_it_has_said() -> None:
    closed: list[bool] = []

    class Chunks(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def application(environ: dict[str, Any], start_response: Any) -> Chunks:
        start_response("201 Created", [("X-Length", environ["CONTENT_LENGTH"])])
        return Chunks([b"a", environ["wsgi.input"].read()])

    reply = through_wsgi(application, Call({}, b"body"))
    assert reply == Reply(201, (("X-Length", "4"),), b"abody")
    assert closed == [True]
