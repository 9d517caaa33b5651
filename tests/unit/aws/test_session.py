"""Connections to AWS, and where the links that they sign lead."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import botocore.exceptions
import pytest

from benchmarks.aws import credentials, session
from benchmarks.aws.session import Client
from benchmarks.errors import RefusedError


def test_clients_are_of_the_region_unless_another_is_named() -> None:
    connect = session.connector("eu-north-1")
    assert connect("ec2").meta.region_name == "eu-north-1"
    assert connect("pricing", "us-east-1").meta.region_name == "us-east-1"


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "mine.s3.eu-central-1.amazonaws.com"),
        ("us-east-1", "mine.s3.us-east-1.amazonaws.com"),
        ("af-south-1", "mine.s3.af-south-1.amazonaws.com"),  # opened since 2019: not served by the global endpoint
        ("us-gov-west-1", "mine.s3.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "mine.s3.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_links_are_signed_for_the_regions_own_endpoint(keys: None, region: str, host: str) -> None:
    url = urlsplit(signed(session.connector(region)("s3"), "mine"))
    assert (url.scheme, url.netloc, url.path) == ("https", host, "/runs/a%20b")
    assert f"%2F{region}%2Fs3%2Faws4_request" in url.query


def test_a_service_that_a_run_can_do_without_costs_seconds_when_it_is_out_of_reach() -> None:
    region = "eu-north-1"
    connect = session.connector(region)
    for service, named in (*((one, None) for one in session.OPTIONAL_SERVICES), ("ec2", "us-east-1"), ("sts", region)):
        config = connect(service, named).meta.config
        assert config.retries["total_max_attempts"] * config.connect_timeout < 10
    for service in ("ec2", "sts"):
        assert connect(service).meta.config.retries["total_max_attempts"] == session.ATTEMPTS + 1


def test_a_bucket_whose_name_has_dots_is_named_in_the_path(keys: None) -> None:
    # The certificate of S3's hosts covers one label: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
    assert urlsplit(signed(session.connector("eu-west-1")("s3"), "my.own")).netloc == "s3.eu-west-1.amazonaws.com"


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_an_endpoint_of_the_users_own_is_not_given_a_host_name_for_each_bucket(
    keys: None, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://s3.example:5000")
    url = urlsplit(signed(session.connector("eu-central-1")("s3"), "mine"))
    assert (url.netloc, url.path) == ("s3.example:5000", "/mine/runs/a%20b")


def test_an_endpoint_in_the_profile_counts_too(keys: None, home: Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[default]\nendpoint_url = http://s3.example:5000\n")
    assert urlsplit(signed(session.connector("eu-central-1")("s3"), "mine")).netloc == "s3.example:5000"


def test_an_endpoint_that_botocore_is_told_to_ignore_does_not_count(
    keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://s3.example:5000")
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    assert urlsplit(signed(session.connector("eu-west-1")("s3"), "mine")).netloc == "mine.s3.eu-west-1.amazonaws.com"


def test_an_endpoint_that_is_no_url_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost")
    for service in ("ec2", "s3"):
        with pytest.raises(RefusedError, match="set AWS_ENDPOINT_URL to a URL"):
            session.connector("eu-central-1")(service)


@pytest.mark.parametrize(
    ("endpoint", "asked"),
    [
        (None, "https://123456789012.s3-control.eu-central-1.amazonaws.com/"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000/"),
    ],
)
def test_an_account_is_part_of_s3_controls_host_but_not_of_an_endpoint_of_the_users(
    keys: None, monkeypatch: pytest.MonkeyPatch, endpoint: str | None, asked: str
) -> None:
    if endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    control = session.connector("eu-central-1")("s3control")

    def stop(request: Any, **_: Any) -> None:
        raise LookupError(request.url, request.headers["x-amz-account-id"])

    control.meta.events.register("before-send.s3-control", stop)
    with pytest.raises(LookupError) as sent:
        control.get_public_access_block(AccountId="123456789012")
    assert sent.value.args == (f"{asked}v20180820/configuration/publicAccessBlock", b"123456789012")


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "a")


def signed(s3: Client, bucket: str) -> str:
    return str(s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "runs/a b"}))


@pytest.mark.parametrize(
    "environment",
    [{"AWS_PROFILE": "nobody"}, {"AWS_ACCESS_KEY_ID": "half"}, {"AWS_PROFILE": "mfa"}],
)
def test_who_asks_aws_nothing_needs_no_credentials(
    home: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text("[profile mfa]\nrole_arn = arn:aws:iam::1:role/r\nmfa_serial = m\n")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(credentials, "_has_terminal", lambda: False)
    connect = session.connector("eu-central-1")
    with pytest.raises((RefusedError, botocore.exceptions.BotoCoreError)):
        connect("ec2")
