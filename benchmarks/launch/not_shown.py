"""Why EC2 does not show what a run has launched: it was asked elsewhere, the instance is too new, or it is gone.

EC2 shows an instance for about an hour after its end:
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.aws import ec2_endpoint, instances
from benchmarks.aws.session import Client
from benchmarks.errors import RefusedError
from benchmarks.launch import remaining
from benchmarks.runs import launch_site, record_files, run_over
from benchmarks.runs.launch_site import Site
from benchmarks.runs.records import Instance, Preflight

LOOKS = 10  # how often, a second apart, a new instance is looked for

Account = Callable[[], str | None]  # asks whose the credentials are; None if that cannot be told


def check(ec2: Client, directory: Path, account: Account, sleep: Callable[[float], None] = time.sleep) -> None:
    """Raises RefusedError if what EC2 does not show of the run may be alive all the same."""
    refuse_elsewhere(ec2, directory, account)
    if told := wait_for_new(ec2, directory, sleep):
        raise RefusedError(told)


def refuse_elsewhere(ec2: Client, directory: Path, account: Account) -> None:
    """Raises RefusedError if the run has launched, or was to launch, elsewhere than `ec2` asks.

    No two instances have the same id, so that one which EC2 shows is proof enough, and nobody asks for the account.
    """
    plan, recorded = record_files.recall(Preflight, directory), remaining.not_ended(directory)
    if not (plan and plan.launches) or (run_over.was_ended(directory) and not recorded):
        return
    if shows_any(ec2, directory):
        return
    planned, asked = launch_site.of(plan), _asked(ec2, account)
    if launch_site.is_same(planned, asked) is False:
        raise RefusedError(launch_site.elsewhere(directory.name, planned, asked, launched=bool(recorded)))


def shows_any(ec2: Client, directory: Path, only: str | None = None) -> bool:
    """Whether EC2 shows one of the run's instances, or the one `only`, that by its records has not been ended."""
    return len(_hidden(ec2, directory, only)) < len(_not_ended(directory, only))


def wait_for_new(
    ec2: Client, directory: Path, sleep: Callable[[float], None] = time.sleep, only: str | None = None
) -> str:
    """Wait a few seconds until EC2 shows each new instance of the run; return which it still does not, as a sentence.

    Neither its tags nor its id need be known everywhere yet. With `only`, no other instance is waited for.
    """
    for _ in range(LOOKS):
        if not (young := _young(_hidden(ec2, directory, only))):
            return ""
        sleep(1)
    return young


def doubt(ec2: Client, directory: Path, account: Account, ended: Collection[str] = (), only: str | None = None) -> str:
    """Why an instance of the run may be alive though EC2 does not show it, as a sentence; empty if none can be.

    Those in `ended` have been terminated. With `only`, no other instance is doubted. Where it is not known whether the
    right account was asked, an instance counts as gone from when it should have switched itself off.
    """
    unseen = [one for one in _hidden(ec2, directory) if one.instance_id not in ended]
    hidden = [one for one in unseen if only in (None, one.instance_id)]
    if not hidden:
        return ""
    if young := _young(hidden):
        return young
    plan = record_files.recall(Preflight, directory)
    shown = len(unseen) < len(_not_ended(directory))
    if shown or (plan and launch_site.is_same(launch_site.of(plan), _asked(ec2, account))):
        return ""
    now = datetime.now(UTC)
    ends = {one.instance_id: one.expires for one in remaining.recorded(directory)}
    left = [one.instance_id for one in hidden if (ends[one.instance_id] or now) >= now]
    if not left:
        return ""
    return (
        f"EC2 does not show {', '.join(left)}, which the run {directory.name} has launched, and whether it was asked "
        "in the same account could not be checked: end the run again later, with the credentials that it was launched "
        "with."
    )


def _not_ended(directory: Path, only: str | None = None) -> list[Instance]:
    return [one for one in remaining.not_ended(directory) if only in (None, one.instance_id)]


def _hidden(ec2: Client, directory: Path, only: str | None = None) -> list[Instance]:
    """The run's instances, by its records, that have not been ended, and that EC2 shows in no state."""
    recorded = _not_ended(directory, only)
    shown = instances.shown(ec2, [one.instance_id for one in recorded]) if recorded else []
    return [one for one in recorded if one.instance_id not in shown]


def _young(hidden: Collection[Instance]) -> str:
    now = datetime.now(UTC)
    new = [one.instance_id for one in hidden if now - one.launched < instances.YOUNG]
    if not new:
        return ""
    return (
        f"EC2 does not show {', '.join(new)} yet, which was launched less than five minutes ago: try again in a minute."
    )


def _asked(ec2: Client, account: Account) -> Site:
    return Site(account(), ec2_endpoint.unless_aws(ec2.meta.endpoint_url))
