"""Warnings of credentials that end before a run must."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.aws.credentials import Lifetime
from benchmarks.aws.renewals import Renewal
from benchmarks.preflight import credentials_end, resuming, run_plan
from benchmarks.runs.records import HostAttempt
from tests.support import records
from tests.support.launch_account import STARTED, account, parameters, type_info

NOW = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
MINUTES = 240


@pytest.mark.parametrize(
    "held",
    [
        Lifetime(),
        Lifetime(temporary=True, renewed=True, end=NOW + timedelta(hours=1)),
        Lifetime(temporary=True, renewed=True, end=NOW, renewal=Renewal(NOW + timedelta(hours=4))),
        Lifetime(temporary=True, end=NOW + timedelta(hours=4)),
    ],
)
def test_credentials_that_last_are_not_warned_of(held: Lifetime) -> None:
    assert credentials_end.warnings(held, MINUTES, NOW) == ()


def test_the_time_at_which_credentials_end_too_early_is_told() -> None:
    (warning,) = credentials_end.warnings(Lifetime(temporary=True, end=NOW + timedelta(hours=1)), MINUTES, NOW)
    assert warning.startswith(
        "The AWS credentials end at 09:15 UTC on 2026-05-19, but the run may need credentials until 12:15 UTC"
    )
    assert "duration_seconds" in warning


def test_temporary_credentials_without_a_known_end_are_warned_of() -> None:
    (warning,) = credentials_end.warnings(Lifetime(temporary=True), MINUTES, NOW)
    assert "do not say when they end; the run may need credentials until 12:15 UTC on 2026-05-19" in warning


@pytest.mark.parametrize("hours", [1, 12])
def test_a_sign_in_that_ends_too_early_is_warned_of_however_long_its_credentials_last(hours: int) -> None:
    # Every process of a run gets credentials of its own, so those of this one count for nothing.
    ending = Renewal(NOW + timedelta(hours=3))
    held = Lifetime(temporary=True, renewed=True, end=NOW + timedelta(hours=hours), renewal=ending)
    (warning,) = credentials_end.warnings(held, MINUTES, NOW)
    assert warning.startswith(
        "The sign-in to AWS ends at 11:15 UTC on 2026-05-19, but the run may need credentials until 12:15 UTC"
    )
    assert "aws sso login" in warning


@pytest.mark.parametrize("hours", [1, 12])
def test_a_role_whose_source_is_a_session_token_is_warned_of(hours: int) -> None:
    held = Lifetime(temporary=True, renewed=True, end=NOW + timedelta(hours=hours), renewal=Renewal(by_token=True))
    (warning,) = credentials_end.warnings(held, MINUTES, NOW)
    assert warning.startswith("The AWS credentials are renewed with a session token that does not say when it ends; ")


@pytest.mark.parametrize("machine", [{}, {"host": "me@192.0.2.7", "instance_type": None, "bucket": "mine"}])
def test_the_plan_warns_of_them(held: Callable[[Lifetime], None], machine: dict[str, str]) -> None:
    held(Lifetime(temporary=True, end=STARTED))
    made = run_plan.make(parameters(**machine), account(), STARTED)
    (warning,) = [one for one in made.warnings if one.startswith("The AWS credentials end at 08:15 UTC")]
    assert ("end its instance itself" in warning) is (not machine)


@pytest.mark.parametrize(
    ("bare_metal", "minutes", "warned"),
    [(False, 245, True), (False, 285, False), (True, 285, True), (True, 300, False)],
)
def test_the_run_may_take_as_long_as_its_instance_lives(
    held: Callable[[Lifetime], None], bare_metal: bool, minutes: int, warned: bool
) -> None:
    held(Lifetime(temporary=True, end=datetime.now(UTC) + timedelta(minutes=minutes)))
    connect = account(describe_instance_types={"InstanceTypes": [type_info(BareMetal=bare_metal)]})
    made = run_plan.make(parameters(), connect, STARTED)
    assert any(warning.startswith("The AWS credentials end at") for warning in made.warnings) is warned


@pytest.mark.parametrize(("minutes", "warned"), [(235, True), (245, False)])
def test_a_machine_that_is_there_need_not_boot(held: Callable[[Lifetime], None], minutes: int, warned: bool) -> None:
    held(Lifetime(temporary=True, end=datetime.now(UTC) + timedelta(minutes=minutes)))
    own = {"host": "me@192.0.2.7", "instance_type": None, "bucket": "mine"}
    made = run_plan.make(parameters(**own), account(), STARTED)
    assert any(warning.startswith("The AWS credentials end at") for warning in made.warnings) is warned


def test_publishing_what_an_instance_that_is_gone_has_measured_is_not_warned_of(
    held: Callable[[Lifetime], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(Lifetime(temporary=True, end=STARTED))
    monkeypatch.setattr(resuming, "is_over", lambda *_: True)
    monkeypatch.setattr(resuming, "measured", lambda *_: (HostAttempt(host="i-1", attempt=1),))
    made = run_plan.make(parameters(), account(), STARTED, resuming.Begun(tmp_path, records.preflight()))
    assert not any("credentials" in warning for warning in made.warnings)
