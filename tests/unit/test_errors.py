"""The two ways in which a run does not succeed."""

from __future__ import annotations

from benchmarks.errors import FAILED, REFUSED, FailedError, RefusedError


def test_exit_codes_tell_what_was_refused_from_what_failed() -> None:
    assert (FAILED, REFUSED) == (1, 2)


def test_neither_error_is_taken_for_the_other() -> None:
    assert not issubclass(RefusedError, FailedError)
    assert not issubclass(FailedError, RefusedError)
