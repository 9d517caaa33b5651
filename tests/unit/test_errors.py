"""The ways in which a command does not succeed."""

from __future__ import annotations

from itertools import permutations

from benchmarks.errors import BeyondLimitError, FailedError, PartlyFailedError, RefusedError


def test_exit_codes_tell_apart_what_was_refused_what_failed_and_what_is_beyond_a_limit() -> None:
    kinds = (FailedError, RefusedError, BeyondLimitError, PartlyFailedError)
    assert [kind.exit_code for kind in kinds] == [1, 2, 3, 4]


def test_no_error_is_taken_for_another() -> None:
    for one, other in permutations((RefusedError, FailedError, BeyondLimitError), 2):
        assert not issubclass(one, other)
