"""AWS's own EC2 endpoints are told from others."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config

from benchmarks.aws import ec2_endpoint


@pytest.mark.parametrize(
    ("region", "config"),
    [
        ("us-east-1", Config()),
        ("us-east-1", Config(use_dualstack_endpoint=True)),
        ("us-east-1", Config(use_fips_endpoint=True)),
        ("us-gov-west-1", Config(use_fips_endpoint=True)),
        ("cn-north-1", Config()),
        ("cn-north-1", Config(use_dualstack_endpoint=True)),
        ("eu-isoe-west-1", Config()),
        ("eusc-de-east-1", Config()),
    ],
)
def test_where_boto3_goes_by_itself_is_aws(region: str, config: Config) -> None:
    client = boto3.session.Session("a", "b", region_name=region).client("ec2", config=config)
    assert ec2_endpoint.is_aws(client.meta.endpoint_url)


@pytest.mark.parametrize(
    "url",
    [
        "https://ec2.amazonaws.com",
        "https://us-east-1.ec2.amazonaws.com",
        "https://EC2.eu-central-1.amazonaws.com:443/",
        "https://vpce-0123-abcd.ec2.eu-central-1.vpce.amazonaws.com",
        "https://vpce-0123-abcd-eu-central-1a.ec2.eu-central-1.vpce.amazonaws.com",
    ],
)
def test_the_other_names_of_ec2_are_aws(url: str) -> None:
    assert ec2_endpoint.is_aws(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:5000",
        "http://localhost:4566",
        "https://ec2.example.com",
        "https://ec2.eu-central-1.amazonaws.com.example.com",
        "https://example.com/ec2.eu-central-1.amazonaws.com",
        "https://ec2.eu-central-1.amazonaws.com@example.com",
        "",
    ],
)
def test_other_hosts_are_not_aws(url: str) -> None:
    assert not ec2_endpoint.is_aws(url)


@pytest.mark.parametrize(
    "host",
    [
        "ec2-192-0-2-7.eu-central-1.compute.amazonaws.com",
        "mine-1.elb.eu-central-1.amazonaws.com",
        "vpce-0123-abcd.vpce-svc-0456.eu-central-1.vpce.amazonaws.com",
        "s3.eu-central-1.amazonaws.com",
    ],
)
def test_what_customers_run_on_aws_is_not_ec2(host: str) -> None:
    assert not ec2_endpoint.is_aws(f"https://{host}")


def test_only_an_endpoint_that_is_not_aws_is_named_and_without_its_password() -> None:
    assert ec2_endpoint.unless_aws("https://ec2.eu-central-1.amazonaws.com") is None
    assert ec2_endpoint.unless_aws("http://127.0.0.1:5000") == "http://127.0.0.1:5000"
    assert ec2_endpoint.unless_aws("http://me:secret@127.0.0.1:5000/a") == "http://127.0.0.1:5000/a"
