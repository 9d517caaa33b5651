"""Puts together what is known of each run: by its directory, by its instances in EC2, and by its folder in S3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.aws import instances, tags
from benchmarks.run_list import hosts
from benchmarks.run_list.asking import Answer, Folder, Seen
from benchmarks.run_list.hosts import GONE, UNKNOWN, Host
from benchmarks.run_list.recorded_runs import RecordedRun
from benchmarks.runs import launch_site
from benchmarks.runs.launch_site import Site
from benchmarks.text import natural


@dataclass(frozen=True)
class ListedRun:
    """A run, with what each of the places that know it has of it."""

    run_id: str
    recorded: RecordedRun | None = None
    hosts: tuple[Host, ...] = ()
    folders: tuple[Folder, ...] = ()  # one for each suite and type
    owner: str | None = None  # whose instances it has, by their tag
    may_cost: bool = False  # whether an instance of it costs money now, or may
    expires: datetime | None = None  # when the last of those switches itself off; None if a tag of one does not say

    @property
    def started(self) -> datetime | None:
        """When it was planned, else when its first instance was launched, in UTC."""
        if self.recorded:
            return self.recorded.plan.started
        begun = [folder.run.started for folder in self.folders] or [host.launched for host in self.hosts]
        return min(begun, default=None)

    @property
    def suite(self) -> str:
        if self.recorded:
            return self.recorded.suite
        return next((folder.run.suite for folder in self.folders), "")

    @property
    def machines(self) -> tuple[str, ...]:
        """The instance types, or the name of a machine of the user's own, as far as they are known."""
        if self.recorded and self.recorded.machines:
            return self.recorded.machines
        known = {host.instance_type for host in self.hosts} or {folder.run.machine for folder in self.folders}
        return tuple(sorted(known, key=natural))


def put_together(
    recorded: Sequence[RecordedRun], answer: Answer, now: datetime, *, all_owners: bool
) -> list[ListedRun]:
    """The runs: first those that cost money now, or may, then the others; of each the latest first.

    Of other people's runs there are those that are over and have results in S3, whose keys do not tell whose they are,
    and with `all_owners` those that have instances.
    """
    by_id: dict[str, list[Seen]] = {}
    for seen in answer.seen:
        by_id.setdefault(tags.of(seen.instance)[tags.RUN], []).append(seen)
    folders = _by_run(answer.folders)
    found = [
        _of_directory(run, answer, by_id.pop(run.run_id, []), folders.pop(_key(run.run_id, run.plan.started), []), now)
        for run in recorded
    ]
    found += _elsewhere(by_id, folders, answer, now, all_owners)
    found += [ListedRun(run_id, folders=tuple(same)) for (run_id, _), same in folders.items()]
    return sorted(found, key=_order)


def _order(run: ListedRun) -> tuple[bool, float, str]:
    return (not run.may_cost, -run.started.timestamp() if run.started else 0.0, run.run_id)


def _by_run(folders: Iterable[Folder]) -> dict[tuple[str, datetime], list[Folder]]:
    """The folders of each run. Several users may have called theirs the same."""
    found: dict[tuple[str, datetime], list[Folder]] = {}
    for folder in folders:
        found.setdefault(_key(folder.run.run_id, folder.run.started), []).append(folder)
    return found


def _key(run_id: str, started: datetime) -> tuple[str, datetime]:
    # Keys in S3 have whole seconds.
    return run_id, started.astimezone(UTC).replace(microsecond=0)


def _of_directory(
    run: RecordedRun, answer: Answer, seen: Sequence[Seen], folders: Sequence[Folder], now: datetime
) -> ListedRun:
    shown = {one.instance["InstanceId"]: one for one in seen}
    asked = is_asked(run, answer)
    known = {
        one.instance_id: hosts.recorded(
            one,
            run.region or "",
            run.plan_of(one),
            run.ended.get(one.instance_id),
            run.directory,
            GONE if asked and now - one.launched > instances.YOUNG else UNKNOWN,
        )
        for one in run.instances
    }
    # What was recorded as terminated stays so: EC2 may show it as shutting down for a while.
    known |= {
        instance_id: hosts.seen(one.instance, one.region, run.directory)
        for instance_id, one in shown.items()
        if instance_id not in run.ended
    }
    return _listed(run.run_id, known.values(), now, recorded=run, folders=folders, owner=_owner(seen))


def _elsewhere(
    by_id: dict[str, list[Seen]],
    folders: dict[tuple[str, datetime], list[Folder]],
    answer: Answer,
    now: datetime,
    all_owners: bool,
) -> Iterator[ListedRun]:
    """The runs that have instances and no directory here. Their folders are taken out of `folders`."""
    for run_id, seen in by_id.items():
        owner = _owner(seen)
        found = [hosts.seen(one.instance, one.region) for one in seen]
        is_wanted, is_alive = all_owners or owner == answer.owner, any(host.may_cost(now) for host in found)
        # A plan is older than its instances, so that the latest of that name is the one that they are of.
        begun = max((key for key in folders if key[0] == run_id), default=None)
        own = folders.pop(begun) if begun and (is_wanted or is_alive) else []
        # What is over has nothing to show but its results.
        if is_wanted and (is_alive or own):
            yield _listed(run_id, found, now, folders=own, owner=owner)


def _listed(
    run_id: str,
    found: Iterable[Host],
    now: datetime,
    *,
    folders: Sequence[Folder],
    owner: str | None,
    recorded: RecordedRun | None = None,
) -> ListedRun:
    every = tuple(found)
    costing = [host for host in every if host.may_cost(now)]
    ends = [host.expires for host in costing]
    expires = max((end for end in ends if end), default=None) if None not in ends else None
    return ListedRun(run_id, recorded, every, tuple(folders), owner, bool(costing), expires)


def _owner(seen: Sequence[Seen]) -> str | None:
    return next((tags.of(one.instance).get(tags.OWNER) for one in seen), None)


def is_asked(run: RecordedRun, answer: Answer) -> bool:
    """Whether EC2 was asked where a run has launched: in its region and account, and not in a sandbox or another."""
    if run.region not in answer.endpoints:
        return False
    asked = Site(answer.account, answer.endpoints[run.region])
    return launch_site.is_same(launch_site.of(run.plan), asked) is not False
