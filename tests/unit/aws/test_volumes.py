"""The volumes of runs, and deleting them."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from benchmarks.aws import volumes
from tests.support.aws_fakes import FakeClient, aws_error


def test_a_volume_that_is_being_deleted_is_not_listed() -> None:
    states = ("available", "in-use", "error", "deleting", "deleted")
    ec2 = FakeClient(describe_volumes={"Volumes": [{"VolumeId": state, "State": state} for state in states]})
    assert [one["VolumeId"] for one in volumes.of_all_runs(ec2)] == ["available", "in-use", "error"]
    assert ec2.called("describe_volumes") == [{"Filters": [{"Name": "tag-key", "Values": ["benchmarks:run"]}]}]


@pytest.mark.parametrize("code", ["VolumeInUse", "IncorrectState", "InvalidVolume.NotFound"])
def test_a_volume_that_is_in_use_or_gone_is_no_error(code: str) -> None:
    ec2 = FakeClient(delete_volume=[aws_error(code), {}])
    assert not volumes.delete(ec2, "vol-1")
    assert volumes.delete(ec2, "vol-1")


def test_any_other_refusal_is_an_error() -> None:
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        volumes.delete(FakeClient(delete_volume=aws_error("UnauthorizedOperation")), "vol-1")


def test_a_volume_goes_with_its_instance_only_if_every_attachment_says_so() -> None:
    goes, stays = ({"InstanceId": "i-1", "DeleteOnTermination": flag} for flag in (True, False))
    assert volumes.goes_with_its_instance({"Attachments": [goes]})
    assert not volumes.goes_with_its_instance({"Attachments": [goes, stays]})
    assert not volumes.goes_with_its_instance({})
    assert volumes.holders({"Attachments": [goes, stays]}) == {"i-1"}
