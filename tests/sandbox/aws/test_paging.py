"""Pages of a list, and the filters of EC2's Describe calls."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.aws.paging import filters_of, fits, page
from sandbox.aws.protocol import AwsError


@given(st.lists(st.integers()), st.integers(1, 7))
def test_one_page_after_the_other_is_the_whole_list(items: list[int], size: int) -> None:
    seen: list[int] = []
    token: str | None = None
    while True:
        shown, token = page(items, token, size)
        assert len(shown) <= size
        seen += shown
        if token is None:
            break
    assert seen == items


@pytest.mark.parametrize("token", ["nonsense!", "eA=="])
def test_a_token_of_nobodys_is_refused(token: str) -> None:
    with pytest.raises(AwsError) as refused:
        page([1, 2, 3], token, 2)
    assert refused.value.code == "InvalidNextToken"


def test_filters_are_read_by_name_and_a_call_without_any_has_none() -> None:
    filters = [{"Name": "instance-type", "Values": ["c7i.*", "c5.large"]}, {"Name": "zone"}]
    assert filters_of({"Filters": filters}) == {"instance-type": ["c7i.*", "c5.large"], "zone": []}
    assert filters_of({}) == {}


@pytest.mark.parametrize(
    ("value", "patterns", "found"),
    [
        ("c7i.large", ["c5.*", "c7i.*"], True),
        ("c7i.large", ["c7i.larg?"], True),
        ("c7i.large", ["C7I.LARGE"], False),
        ("c7i.large", [], False),
        (True, ["true"], True),
        (8, ["8"], True),
        (["x86_64", "i386"], ["i386"], True),
        ([], ["*"], False),
        (None, ["*"], False),
        ("a", ["[ab]"], False),
        ("[ab]", ["[ab]"], True),
    ],
)
def test_a_value_fits_a_pattern_as_ec2_takes_it(value: Any, patterns: list[str], found: bool) -> None:
    assert fits(value, patterns) is found
