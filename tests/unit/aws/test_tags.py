"""Tags as AWS writes them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.aws import tags


@given(st.dictionaries(st.text(), st.text()))
def test_tags_that_aws_is_given_are_read_back_from_a_resource(values: dict[str, str]) -> None:
    assert tags.of({"InstanceId": "i-1", "Tags": tags.as_list(values)}) == values


def test_a_resource_that_shows_no_tags_has_none() -> None:
    assert tags.of({"InstanceId": "i-1"}) == {}
