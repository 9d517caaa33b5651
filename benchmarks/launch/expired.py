"""Which instances and volumes have outlived their run, by their tags. Asks nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.aws import tags
from benchmarks.aws.session import AwsShape
from benchmarks.launch import remaining
from benchmarks.text import escaped


@dataclass(frozen=True)
class Sorted:
    """Instances or volumes: those whose time is over, and those whose tags do not say when it is, or whose they are."""

    expired: tuple[AwsShape, ...] = ()
    unknown: tuple[AwsShape, ...] = ()


def expiry(resource: AwsShape) -> datetime | None:
    """When an instance or a volume is over, in UTC; None if a tag that says so is missing or unreadable.

    That is the later of its tag, which counts from the start of the run, and its own start plus its lifetime: a run
    that is continued launches another instance under the run's old start.
    """
    tagged, own = _time(tags.of(resource).get(tags.EXPIRES)), remaining.end_of(resource)
    return max(tagged, own) if tagged and own else None


def sort(resources: Iterable[AwsShape], now: datetime, owner: str | None) -> Sorted:
    """Sort out what is over at `now`, of one owner or, with None, of all.

    What has no owner's tag may be anyone's, so that nobody but all owners together may end it.
    """
    expired, unknown = [], []
    for resource in resources:
        of = tags.of(resource).get(tags.OWNER)
        if owner is not None and of not in (owner, None):
            continue
        end = expiry(resource)
        if end is None or (owner is not None and of is None):
            unknown.append(resource)
        elif end <= now:
            expired.append(resource)
    return Sorted(tuple(expired), tuple(unknown))


def id_of(resource: AwsShape) -> str:
    return str(resource.get("InstanceId") or resource["VolumeId"])


def name(resource: AwsShape) -> str:
    """An instance or a volume with its type or size, and its run, for a line of output."""
    what = resource.get("InstanceType") or f"{resource.get('Size', '?')} GiB"
    return f"{id_of(resource)} ({what}, run {escaped(tags.of(resource).get(tags.RUN, ''))})"


def _time(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    # Without a zone it says no moment.
    return found.astimezone(UTC) if found.tzinfo else None
