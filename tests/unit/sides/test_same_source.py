"""Results that are given twice."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.sides import same_source
from tests.support.result_samples import criterion, labelled, libtest


def test_equal_samples_are_the_same_results_under_any_name() -> None:
    with pytest.raises(RefusedError, match=r"^a and b are the same results: compare results of different runs\.$"):
        same_source.refuse_twice([labelled(criterion(), label="a"), labelled(criterion(), label="b")])


def test_an_attempt_is_the_same_only_as_itself() -> None:
    def of(attempt: int) -> dict[str, Any]:
        return {"run_id": "r", "host": "h", "attempt": attempt}

    same_source.refuse_twice([labelled(criterion(), **of(1)), labelled(criterion(), **of(2))])
    with pytest.raises(RefusedError, match="new is given twice"):
        same_source.refuse_twice([labelled(criterion(), **of(1)), labelled(criterion(point=9.0), **of(1))])


def test_equal_estimates_without_samples_may_be_a_coincidence() -> None:
    same_source.refuse_twice([labelled(libtest(), label="a"), labelled(libtest(), label="b")])
