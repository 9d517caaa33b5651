"""Where a run launches: the AWS account, and the EC2 endpoint if that is not AWS's own."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.runs.records import Preflight


@dataclass(frozen=True)
class Site:
    """An account, None if it is not known, and the URL of an endpoint, None for AWS's own."""

    account: str | None
    endpoint: str | None


def of(plan: Preflight) -> Site:
    """That of a plan's instances. Who launches owns the bucket that results go to."""
    return Site(plan.destination.account if plan.destination else None, plan.endpoint)


def is_same(one: Site, other: Site) -> bool | None:
    """Whether two sites are the same, None if that is not known."""
    if one.endpoint != other.endpoint:
        return False
    if one.account is None or other.account is None:
        return None
    return one.account == other.account


def elsewhere(run_id: str, planned: Site, asked: Site, *, launched: bool) -> str:
    """That a run has launched, or was to launch, at another site than was asked, and what to do, as a sentence."""
    did = f"The run {run_id} {'has launched' if launched else 'was to launch'}"
    if planned.endpoint != asked.endpoint:
        at_aws = "unset AWS_ENDPOINT_URL, and use the credentials of your AWS account"
        remedy = f"set AWS_ENDPOINT_URL={planned.endpoint}, and use its credentials" if planned.endpoint else at_aws
        return f"{did} at {_named(planned)}, not at {_named(asked)}: {remedy}."
    return (
        f"{did} in the AWS account {planned.account}, and these credentials are of {asked.account}: use those of "
        f"{planned.account}, for example by AWS_PROFILE."
    )


def _named(site: Site) -> str:
    return f"the endpoint {site.endpoint}" if site.endpoint else "AWS's own endpoint"
