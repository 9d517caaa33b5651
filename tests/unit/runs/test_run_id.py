"""Which ids runs have, and which a user may give them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.errors import RefusedError
from benchmarks.runs.run_id import check_id, group_name, new_id

MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2999, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.integers(1, 10**8))
def test_new_ids_are_valid_and_sort_by_time(now: datetime, later: int) -> None:
    first, second = new_id(now), new_id(now + timedelta(seconds=later))
    assert check_id(first) < check_id(second)


def test_new_ids_of_one_second_differ() -> None:
    now = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
    assert len({new_id(now) for _ in range(20)}) > 15


@given(st.text())
def test_an_accepted_id_is_safe_as_directory_tag_and_unit(text: str) -> None:
    try:
        accepted = check_id(text)
    except RefusedError:
        return
    assert accepted == text
    assert len(text) <= 48
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert text[0] != "-" != text[-1]


@pytest.mark.parametrize("text", ["", "-a", "a-", "A", "a/b", "..", "a b", "a\n", "a" * 49, "ä", "a_b"])
def test_an_odd_id_is_refused(text: str) -> None:
    expected = (
        rf"^run_id must be 1 to 48 lowercase letters, digits and inner hyphens, .*, not {re.escape(repr(text))}\.$"
    )
    with pytest.raises(RefusedError, match=expected):
        check_id(text)


@pytest.mark.parametrize("text", ["a", "1", "a" * 48, "first", "20260519-081500-k3f9", "a--b"])
def test_an_id_of_ones_own_is_taken(text: str) -> None:
    assert check_id(text) == text


def test_the_inventorys_group_name_is_one_that_ansible_accepts() -> None:
    assert group_name("20260519-081500-k3f9") == "run_20260519_081500_k3f9"
