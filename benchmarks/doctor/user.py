"""Who asks AWS, how long their credentials are good, and whether the region is theirs to use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from benchmarks.aws import caller, credentials, opt_in_regions
from benchmarks.aws.credentials import Lifetime
from benchmarks.aws.optional_answers import optional
from benchmarks.aws.renewals import Renewal
from benchmarks.aws.session import AwsShape, Connect
from benchmarks.doctor.questions import Finding, Question, failed, ok
from benchmarks.text import hours


def questions(connect: Connect, region: str, minutes: int) -> list[Question]:
    """`minutes` is how long a run may need the credentials."""

    @cache
    def identity() -> Any:
        return connect("sts").get_caller_identity()

    def held() -> Lifetime:
        # Whether there are any, and AWS takes them, is told by asking with them.
        identity()
        return credentials.lifetime()

    return [
        Question("credentials", held, lambda found: of_lifetime(found, datetime.now(UTC), minutes)),
        Question("user", identity, of_identity, needs=("credentials",)),
        Question(
            "region", lambda: _opt_in_status(connect, region), lambda it: of_region(region, it), needs=("credentials",)
        ),
    ]


def of_lifetime(held: Lifetime, now: datetime, minutes: int) -> Finding:
    """`now` is in UTC."""
    if not held.temporary:
        return ok("permanent")
    if held.renewed:
        return _of_renewal(held.renewal, now, minutes)
    if held.end is None:
        return ok("temporary, until when they do not say")
    until = f"{held.end:%H:%M UTC on %Y-%m-%d}"
    if held.end <= now:
        return failed(f"they ended at {until}: sign in again.")
    if held.end < now + timedelta(minutes=minutes):
        return ok(f"temporary, until {until}; a run may need them for {hours(minutes)}, so sign in for longer")
    return ok(f"temporary, until {until}")


def _of_renewal(renewal: Renewal, now: datetime, minutes: int) -> Finding:
    if renewal.by_token:
        return ok("temporary, renewed with a session token that does not say when it ends")
    if renewal.end is None:
        return ok("temporary, renewed for as long as you are signed in")
    told = f"temporary, renewed until the sign-in ends at {renewal.end:%H:%M UTC on %Y-%m-%d}"
    if renewal.end < now + timedelta(minutes=minutes):
        return ok(f"{told}; a run may need them for {hours(minutes)}, so sign in again by aws sso login")
    return ok(told)


def of_identity(identity: AwsShape) -> Finding:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""
    kind = str(identity["Arn"]).rpartition(":")[2].partition("/")[0]
    return ok(f"{caller.of(identity)} ({kind}) in the account {identity['Account']}")


def _opt_in_status(connect: Connect, region: str) -> str:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Region.html"""
    with optional(opt_in_regions.PERMISSION):
        answer = connect("ec2").describe_regions(AllRegions=True, RegionNames=[region])
        return str(answer["Regions"][0].get("OptInStatus", "opted-in"))


def of_region(region: str, status: str) -> Finding:
    if status == "not-opted-in":
        return failed(opt_in_regions.not_enabled(region))
    return ok(f"{region}, enabled in your account")
