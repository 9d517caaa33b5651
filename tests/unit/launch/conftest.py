"""An EC2 client that answers as a test says."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber

from benchmarks.aws.session import Client


@pytest.fixture
def ec2() -> Client:
    return boto3.session.Session("a", "b", region_name="eu-central-1").client("ec2")


@pytest.fixture
def stub(ec2: Client) -> Iterator[Stubber]:
    """What EC2 answers, in this order and no more."""
    with Stubber(ec2) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def naps() -> list[float]:
    return []
