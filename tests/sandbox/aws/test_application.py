"""The endpoint as a whole: what it does not imitate, and whose account is whose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.support.wire_endpoint import Endpoint, refused


def test_what_is_not_imitated_says_so(ec2: Any) -> None:
    sentence = refused(
        "UnsupportedOperation", ec2.get_spot_placement_scores, InstanceTypes=["c5.large"], TargetCapacity=1
    )
    assert "The sandbox does not imitate this call" in sentence


def test_accounts_do_not_see_each_other(start_endpoint: Callable[..., Endpoint], ec2: Any, name: str) -> None:
    ec2.create_key_pair(KeyName=name)
    try:
        start_endpoint().client("ec2").describe_key_pairs(KeyNames=[name])
    except ClientError as error:
        assert error.response["Error"]["Code"] == "InvalidKeyPair.NotFound"
    else:
        raise AssertionError("another account's key pair is seen")
