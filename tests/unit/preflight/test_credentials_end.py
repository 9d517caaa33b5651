"""Warnings of credentials that end before a run must."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.aws.credentials import Lifetime
from benchmarks.preflight import credentials_end, run_plan
from tests.support.launch_account import STARTED, account, parameters

NOW = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
LIMITS = {"build_limit": 60, "time_limit": 180}


@pytest.mark.parametrize(
    "held",
    [
        Lifetime(),
        Lifetime(temporary=True, renewed=True, end=NOW + timedelta(hours=1)),
        Lifetime(temporary=True, end=NOW + timedelta(hours=4)),
    ],
)
def test_credentials_that_last_are_not_warned_of(held: Lifetime) -> None:
    assert credentials_end.warnings(held, LIMITS, NOW) == ()


def test_the_time_at_which_credentials_end_too_early_is_told() -> None:
    (warning,) = credentials_end.warnings(Lifetime(temporary=True, end=NOW + timedelta(hours=1)), LIMITS, NOW)
    assert warning.startswith(
        "The AWS credentials end at 09:15 UTC on 2026-05-19, but the run may need them until 12:15 UTC on 2026-05-19"
    )
    assert "duration_seconds" in warning


def test_temporary_credentials_without_a_known_end_are_warned_of() -> None:
    (warning,) = credentials_end.warnings(Lifetime(temporary=True), LIMITS, NOW)
    assert "do not say when they end; the run may need them until 12:15 UTC on 2026-05-19" in warning


@pytest.mark.parametrize("machine", [{}, {"host": "me@192.0.2.7", "instance_type": None, "bucket": "mine"}])
def test_the_plan_warns_of_them(held: Callable[[Lifetime], None], machine: dict[str, str]) -> None:
    held(Lifetime(temporary=True, end=STARTED))
    made = run_plan.make(parameters(**machine), account(), STARTED)
    assert any(warning.startswith("The AWS credentials end at 08:15 UTC") for warning in made.warnings)
