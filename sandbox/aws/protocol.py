"""AWS requests and replies as data: the operation called and its parameters, and the format of an answer or error.

Shapes come from botocore's service models, so everything that an SDK can send is read, and
everything that it expects is written.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode
from uuid import uuid4
from xml.sax.saxutils import escape

from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.datastructures import CombinedMultiDict, Headers, ImmutableMultiDict
from werkzeug.exceptions import NotFound

WSGIApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]

# Signing name -> name of botocore's model, if they differ.
MODELS = {"servicequotas": "service-quotas"}
HEADER_AUTH = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=(?P<key>[^/,]+)/(?P<date>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request"
)
# Of S3 Control, whose calls are signed as S3's; a bucket's operations have the same names.
ACCOUNT_BLOCK_PATH = "/v20180820/configuration/publicAccessBlock"
MAXIMUM_BODY = 5 * 1024**3  # bytes; S3's own limit for one PUT


class AwsError(Exception):
    """An AWS error: code, message and HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True)
class Reply:
    """A complete HTTP response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def ok(self) -> bool:
        return self.status < 300

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True)
class Call:
    """One request. `service` is the signing name ("ec2", "s3", …), "" if the request is not signed."""

    environ: Mapping[str, Any] = field(repr=False)
    body: bytes = field(repr=False)

    @classmethod
    def read(cls, environ: Mapping[str, Any]) -> Call:
        """Read a request, including its body."""
        stream = environ.get("wsgi.input")
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if stream is None:
            body = b""
        elif length:
            body = stream.read(min(length, MAXIMUM_BODY))
        else:
            body = stream.read() if environ.get("wsgi.input_terminated") else b""
        return cls(environ=environ, body=body)

    @classmethod
    def internal(cls, service: str, region: str, account_id: str) -> Call:
        """The sandbox's own call to moto, to be completed by with_parameters()."""
        return cls(
            environ={
                "REQUEST_METHOD": "POST",
                "PATH_INFO": "/",
                "QUERY_STRING": "",
                "SCRIPT_NAME": "",
                "SERVER_NAME": "sandbox",
                "SERVER_PORT": "80",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "HTTP_HOST": "sandbox",
                "HTTP_X_MOTO_ACCOUNT_ID": account_id,
                "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential=SANDBOX/19700101/{region}/{service}/aws4_request",
                "wsgi.url_scheme": "http",
                "wsgi.multithread": True,
            },
            body=b"",
        )

    @property
    def method(self) -> str:
        return str(self.environ.get("REQUEST_METHOD", "GET"))

    @property
    def path(self) -> str:
        """The path, percent-decoded."""
        return str(self.environ.get("PATH_INFO", "/")).encode("latin-1").decode("utf-8", "replace")

    @property
    def raw_path(self) -> str:
        """The path as the client sent it."""
        raw = str(self.environ.get("RAW_URI") or self.environ.get("REQUEST_URI") or self.environ.get("PATH_INFO", "/"))
        return raw.split("?", 1)[0]

    @property
    def raw_query(self) -> str:
        """The query string as the client sent it."""
        return str(self.environ.get("QUERY_STRING", ""))

    @cached_property
    def query(self) -> dict[str, str]:
        parsed = parse_qs(self.raw_query, keep_blank_values=True)
        return {key: values[0] for key, values in parsed.items()}

    @cached_property
    def form(self) -> dict[str, str]:
        """Query-protocol parameters, from the body and, as some callers do, from the URL."""
        values = dict(self.query)
        if self.header("content-type").startswith("application/x-www-form-urlencoded"):
            values |= {k: v[0] for k, v in parse_qs(self.body.decode("utf-8", "replace"), True).items()}
        return values

    def header(self, name: str) -> str:
        """A request header's value, "" if there is none."""
        key = name.upper().replace("-", "_")
        return str(self.environ.get(key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}", ""))

    @cached_property
    def _credential(self) -> tuple[str, str, str, str]:
        """Access key, date, region and service that the request is signed for."""
        found = HEADER_AUTH.search(self.header("authorization"))
        if found:
            return found["key"], found["date"], found["region"], found["service"]
        parts = self.query.get("X-Amz-Credential", "").split("/")
        if len(parts) == 5:
            return parts[0], parts[1], parts[2], parts[3]
        if key := self.query.get("AWSAccessKeyId"):  # S3's signature version 2, still used for presigned URLs
            return key, "", "", "s3"
        return "", "", "", ""

    @property
    def access_key(self) -> str:
        return self._credential[0]

    @property
    def scope(self) -> str:
        """Date, region and service of the signature, as signature version 4 writes them."""
        return "/".join((*self._credential[1:], "aws4_request"))

    @property
    def region(self) -> str:
        return self._credential[2]

    @property
    def service(self) -> str:
        return self._credential[3]

    @cached_property
    def action(self) -> str:
        """The operation's name, e.g. "RunInstances" or "PutObject"; "" if it is unknown."""
        if target := self.header("x-amz-target"):
            return target.rsplit(".", 1)[-1]
        if action := self.form.get("Action"):
            return action
        if self.service != "s3":
            return ""
        if self.path == ACCOUNT_BLOCK_PATH:
            return f"{self.method.capitalize()}AccountPublicAccessBlock"
        try:
            operation, _ = get_service_router("s3").match(Request(dict(self.environ)))
        except (NotFound, NotImplementedError):
            return ""
        return str(operation.name)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The parameters of a query-protocol call (EC2, IAM, STS) in the shape that boto3 takes."""
        model = operation(self.service, self.action)
        protocol = model.service_model.protocol
        parser = PROTOCOL_PARSERS[protocol](model)
        parsed: dict[str, Any] = parser.parse(
            {
                "method": self.method,
                "values": CombinedMultiDict([ImmutableMultiDict(self.form)]),
                "headers": Headers({"Content-Type": self.header("content-type")}),
                "body": self.body,
                "url_path": self.path,
                "url_params": {},
            }
        )
        return parsed or {}

    def with_parameters(self, parameters: Mapping[str, Any], action: str | None = None) -> Call:
        """The same caller's call of the same service with other parameters (query protocol)."""
        model = operation(self.service, action or self.action)
        serializer = create_serializer(model.service_model.protocol, include_validation=False)
        request = serializer.serialize_to_request(dict(parameters), model)
        body = urlencode(request["body"], doseq=True).encode()
        environ = {
            **self.environ,
            "REQUEST_METHOD": "POST",
            "QUERY_STRING": "",
            "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8",
            "CONTENT_LENGTH": str(len(body)),
        }
        return replace(self, environ=environ, body=body)

    def with_headers(self, headers: Mapping[str, str | None]) -> Call:
        """The same call with these headers set, or removed where None."""
        environ = dict(self.environ)
        for name, value in headers.items():
            key = "HTTP_" + name.upper().replace("-", "_")
            environ.pop(key, None)
            if value is not None:
                environ[key] = value
        return replace(self, environ=environ)


class Backend(Protocol):
    """Something that answers calls: moto, or a layer in front of it."""

    def __call__(self, call: Call) -> Reply:
        """Answer a call. Raises AwsError."""


@cache
def service_model(service: str) -> ServiceModel:
    """The botocore model of a signing name. Raises botocore's UnknownServiceError."""
    return get_service_model(MODELS.get(service, service))


@cache
def operation(service: str, action: str) -> OperationModel:
    """The model of one operation. Raises botocore's OperationNotFoundError."""
    model: OperationModel = service_model(service).operation_model(action)
    return model


def answer(call: Call, result: Mapping[str, Any]) -> Reply:
    """A successful reply to a call, `result` in the shape that boto3 returns."""
    return written_answer(call.service, call.action, result)


def written_answer(service: str, action: str, result: Mapping[str, Any]) -> Reply:
    """A successful reply to any call of an action."""
    model = operation(service, action)
    serializer = get_serializer_class(model.service_model.service_name, model.service_model.protocol)(model)
    written = serializer.serialize(dict(result))
    body = written["body"]
    headers = tuple((str(k), str(v)) for k, v in dict(written["headers"]).items())
    return Reply(int(written["status_code"]), headers, body.encode() if isinstance(body, str) else body)


def result_of(call: Call, reply: Reply) -> dict[str, Any]:
    """The content of a reply to a call, in the shape that boto3 returns. Raises AwsError if it is an error."""
    model = operation(call.service, call.action)
    parser = create_parser(model.service_model.protocol)
    if model.output_shape is None and reply.ok:
        return {}
    raw = {"status_code": reply.status, "headers": dict(reply.headers), "body": reply.body}
    parsed: dict[str, Any] = parser.parse(raw, model.output_shape)  # type: ignore[arg-type]
    if reply.status >= 300:
        error = parsed.get("Error", {})
        raise AwsError(error.get("Code", "InternalError"), error.get("Message", ""), reply.status)
    parsed.pop("ResponseMetadata", None)
    return parsed


def failure(call: Call, error: AwsError) -> Reply:
    """An error reply in the format of the call's service."""
    code, message, request_id = escape(error.code), escape(error.message), str(uuid4())
    kind = "Sender" if error.status < 500 else "Receiver"
    content_type = "text/xml"
    extra: tuple[tuple[str, str], ...] = ()
    if call.header("x-amz-target"):
        content_type = "application/x-amz-json-1.1"
        text = json.dumps({"__type": error.code, "message": error.message})
        extra = (("x-amzn-ErrorType", error.code),)
    elif call.service == "ec2":
        text = (
            f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        )
    elif call.form.get("Action"):
        text = (
            f"<ErrorResponse><Error><Type>{kind}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    else:
        content_type = "application/xml"
        text = (
            f"<Error><Code>{code}</Code><Message>{message}</Message><Resource>{escape(call.path)}</Resource>"
            f"<RequestId>{request_id}</RequestId></Error>"
        )
    body = b"" if call.method == "HEAD" else ('<?xml version="1.0" encoding="UTF-8"?>\n' + text).encode()
    if content_type.startswith("application/x-amz-json"):
        body = text.encode()
    headers = (("Content-Type", content_type), ("x-amzn-RequestId", request_id), *extra)
    return Reply(error.status, headers, body)


def through_wsgi(application: WSGIApplication, call: Call) -> Reply:
    """Pass a call to a WSGI application and return its reply."""
    seen: list[tuple[int, tuple[tuple[str, str], ...]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        seen.append((int(status.split(" ", 1)[0]), tuple(headers)))
        return lambda data: None

    environ = {
        **call.environ,
        "wsgi.input": io.BytesIO(call.body),
        "CONTENT_LENGTH": str(len(call.body)),
        "wsgi.input_terminated": True,
    }
    environ.pop("HTTP_TRANSFER_ENCODING", None)  # the body has been read completely
    chunks = application(environ, start_response)
    try:
        body = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    status, headers = seen[-1]
    return Reply(status, headers, body)
