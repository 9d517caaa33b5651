"""Where teardown looks, and which requests it refuses before it does."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.account.teardown_place import choose_place
from benchmarks.errors import RefusedError
from benchmarks.parameters import spec
from tests.support.torn_down_account import BUCKET, PLACE, account, connector


def parameters(**given: Any) -> Any:
    return spec.with_defaults("teardown", {"region": "eu-central-1", **given})


def test_defaults_are_those_of_setup() -> None:
    assert choose_place(parameters(), connector(account())) == PLACE


def test_what_was_set_up_with_other_names_is_found_by_them() -> None:
    given = parameters(bucket="mine", launch_template="in-my-vpc:3", subnet="subnet-2", delete_results="mine")
    place = choose_place(given, connector(account()))
    assert (place.bucket, place.launch_template, place.vpc, place.delete_results) == (
        *("mine", "in-my-vpc", "vpc-2"),
        True,
    )


def test_region_without_a_default_vpc_has_no_group_to_look_for() -> None:
    assert choose_place(parameters(), connector(account(describe_vpcs={"Vpcs": []}))).vpc is None


@pytest.mark.parametrize("named", [BUCKET[:-1], "benchmarks", f"{BUCKET}x"])
def test_wrong_bucket_is_refused_before_more_than_the_caller_is_asked(named: str) -> None:
    client = account()
    with pytest.raises(RefusedError, match=f"delete_results is {named}, but the bucket is {BUCKET}: give"):
        choose_place(parameters(delete_results=named), connector(client))
    assert [operation for operation, _ in client.calls] == ["get_caller_identity"]


def test_impossible_bucket_name_is_refused_before_aws_is_asked() -> None:
    client = account()
    with pytest.raises(RefusedError, match="bucket must be 3 to 63"):
        choose_place(parameters(bucket="Mine"), connector(client))
    assert client.calls == []
