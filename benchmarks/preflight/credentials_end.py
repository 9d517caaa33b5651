"""Warns of credentials that end before a run must."""

from __future__ import annotations

from datetime import datetime, timedelta

from benchmarks.aws.credentials import Lifetime
from benchmarks.aws.renewals import Renewal

_AFTERWARDS = {
    True: "Afterwards the run can neither publish nor end its instance itself, which then ends by its own timer",
    False: "Afterwards the run cannot publish",
}
_ADVICE = "Sign in for longer (in a profile with a role: duration_seconds), or lower build_limit and time_limit."


def warnings(held: Lifetime, minutes: int, now: datetime, *, launches: bool = True) -> tuple[str, ...]:
    """What to warn of if a run that begins now, and may take so many minutes, may need its credentials for longer.

    Of credentials that botocore renews, what they are renewed with counts, however long they last: every process that a
    run starts gets its own. `now` is in UTC; `launches` is whether the run has an instance, which it has to end.
    """
    needed = now + timedelta(minutes=minutes)
    if not held.temporary:
        return ()
    if held.renewed:
        return _of_renewal(held.renewal, needed, launches)
    if held.end is None:
        return (f"The AWS credentials are temporary and do not say when they end; {_until(needed)}. {_ADVICE}",)
    if held.end >= needed:
        return ()
    after = _AFTERWARDS[launches]
    return (f"The AWS credentials end at {_time(held.end)}, but {_until(needed)}. {after}. {_ADVICE}",)


def _of_renewal(renewal: Renewal, needed: datetime, launches: bool) -> tuple[str, ...]:
    if renewal.by_token:
        return (
            f"The AWS credentials are renewed with a session token that does not say when it ends; {_until(needed)}. "
            "Get a token that lasts for longer, or lower build_limit and time_limit.",
        )
    if renewal.end is None or renewal.end >= needed:
        return ()
    return (
        f"The sign-in to AWS ends at {_time(renewal.end)}, but {_until(needed)}. {_AFTERWARDS[launches]}. Sign in "
        "again by aws sso login, also while it runs, or lower build_limit and time_limit.",
    )


def _until(needed: datetime) -> str:
    return (
        f"the run may need credentials until {_time(needed)}, if it takes as long as build_limit and time_limit allow"
    )


def _time(at: datetime) -> str:
    return f"{at:%H:%M UTC on %Y-%m-%d}"
