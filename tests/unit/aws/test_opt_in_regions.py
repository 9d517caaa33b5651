"""Bad credentials, or a region that the account has not enabled."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from benchmarks.aws import aws_errors, opt_in_regions
from benchmarks.errors import RefusedError
from tests.support.aws_fakes import FakeClient, aws_error

OFF = {"Regions": [{"RegionName": "af-south-1", "OptInStatus": "not-opted-in"}]}
ON = {"Regions": [{"RegionName": "af-south-1", "OptInStatus": "opted-in"}]}
NOT_ENABLED = (
    "The region af-south-1 is not enabled in your AWS account: enable it by aws account enable-region --region-name "
    "af-south-1, which takes some minutes, or choose another by --region."
)


class Regions:
    """Creates a client that answers DescribeRegions; keeps where it was asked."""

    def __init__(self, answer: Any) -> None:
        self.client = FakeClient(describe_regions=answer)
        self.asked: list[tuple[str, str | None]] = []

    def __call__(self, service: str, region: str | None = None) -> FakeClient:
        self.asked.append((service, region))
        return self.client


def told(error: Exception, connect: Regions, region: str | None = "af-south-1") -> str:
    with pytest.raises(RefusedError) as refused, opt_in_regions.refusing_in(connect, region):
        raise error
    return str(refused.value)


@pytest.mark.parametrize("code", sorted(opt_in_regions.CODES))
def test_a_region_that_is_not_enabled_is_told_as_that(code: str) -> None:
    connect = Regions(OFF)
    assert told(aws_error(code), connect) == NOT_ENABLED
    assert connect.asked == [("ec2", "us-east-1")]
    assert connect.client.called("describe_regions") == [{"AllRegions": True, "RegionNames": ["af-south-1"]}]


@pytest.mark.parametrize(
    "answer",
    [
        ON,
        {"Regions": []},
        {"Regions": [{}]},
        {},
        aws_error("AuthFailure"),
        aws_error("UnauthorizedOperation"),
        EndpointConnectionError(endpoint_url="https://x"),
    ],
)
def test_bad_credentials_are_told_as_that(answer: Any) -> None:
    error = aws_error("AuthFailure", "no")
    assert told(error, Regions(answer)) == aws_errors.explain(error)


def test_a_partition_is_asked_in_a_region_of_its_own() -> None:
    connect = Regions(ON)
    told(aws_error("AuthFailure"), connect, "us-gov-east-1")
    assert connect.asked == [("ec2", "us-gov-west-1")]


@pytest.mark.parametrize(
    ("error", "region"),
    [
        (aws_error("AuthFailure"), "us-east-1"),
        (aws_error("AuthFailure"), None),
        (aws_error("UnauthorizedOperation"), "af-south-1"),
        (EndpointConnectionError(endpoint_url="https://x"), "af-south-1"),
    ],
)
def test_what_cannot_be_due_to_the_region_asks_nobody(error: Any, region: str | None) -> None:
    connect = Regions(OFF)
    assert told(error, connect, region) == aws_errors.explain(error)
    assert connect.asked == []
