"""Warns of credentials that end before a run must."""

from __future__ import annotations

from datetime import datetime, timedelta

from benchmarks.aws.credentials import Lifetime

_AFTERWARDS = "Afterwards the run can neither publish nor end its instance itself, which then ends by its own timer"
_ADVICE = "Sign in for longer (in a profile with a role: duration_seconds), or lower build_limit and time_limit."


def warnings(held: Lifetime, minutes: int, now: datetime) -> tuple[str, ...]:
    """What to warn of if a run that begins now, and may take so many minutes, may need its credentials for longer.

    Credentials that botocore renews are not warned of. `now` is in UTC.
    """
    if not held.temporary or held.renewed:
        return ()
    needed = now + timedelta(minutes=minutes)
    if held.end is None:
        return (f"The AWS credentials are temporary and do not say when they end; {_until(needed)}. {_ADVICE}",)
    if held.end >= needed:
        return ()
    return (f"The AWS credentials end at {_time(held.end)}, but {_until(needed)}. {_AFTERWARDS}. {_ADVICE}",)


def _until(needed: datetime) -> str:
    return f"the run may need them until {_time(needed)}, if it takes as long as build_limit and time_limit allow"


def _time(at: datetime) -> str:
    return f"{at:%H:%M UTC on %Y-%m-%d}"
