"""What the directories of runs say of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from benchmarks.errors import FailedError
from benchmarks.runs import (
    attempts,
    failures,
    host_outcomes,
    locks,
    named_run,
    parameters_file,
    planned_hosts,
    record_files,
    run_id,
    run_layout,
)
from benchmarks.runs.records import (
    Build,
    Instance,
    Instances,
    LaunchPlan,
    Machine,
    Preflight,
    Published,
    Ready,
    Terminated,
    Toolchain,
)
from benchmarks.runs.result_records import Results
from benchmarks.text import natural

# What a run does between the records that its stages write.
LAUNCHING, INSTALLING, BUILDING, MEASURING, FINISHING = "launching", "installing", "building", "measuring", "finishing"
_STEPS = (LAUNCHING, INSTALLING, BUILDING, MEASURING, FINISHING)
# What has the results of versions of this tool that wrote no record of them.
_READ_BY_EARLIER = {run_layout.LOG, run_layout.ARCHIVE}


@dataclass(frozen=True)
class RecordedRun:
    """A run that was planned, by the records in its directory."""

    directory: Path
    plan: Preflight

    @property
    def run_id(self) -> str:
        return self.directory.name

    @property
    def suite(self) -> str:
        return self.plan.measurements[0].suite.name if self.plan.measurements else ""

    @property
    def machines(self) -> tuple[str, ...]:
        """The instance types, sorted, or the name of a machine of the user's own; none if that is not known."""
        if self.plan.launches:
            return tuple(sorted({one.instance_type for one in self.plan.launches}, key=natural))
        bound = record_files.recall(Machine, self.directory)
        return (bound.host,) if bound and bound.host else ()

    @cached_property
    def launched(self) -> Instances | None:
        return record_files.recall(Instances, self.directory)

    @cached_property
    def ended(self) -> Mapping[str, datetime]:
        """When its instances were terminated, by id."""
        return (record_files.recall(Terminated, self.directory) or Terminated()).times

    @property
    def not_ended(self) -> tuple[Instance, ...]:
        return tuple(one for one in self.instances if one.instance_id not in self.ended)

    @property
    def instances(self) -> tuple[Instance, ...]:
        return self.launched.instances if self.launched else ()

    @property
    def region(self) -> str | None:
        """The region of its instances, None for a machine of the user's own."""
        if self.launched:
            return self.launched.region
        return self.plan.launch.region if self.plan.launch else None

    def plan_of(self, instance: Instance) -> LaunchPlan | None:
        return planned_hosts.launch(self.plan, self.launched, instance.instance_id)

    @property
    def keeps(self) -> bool:
        """Whether its instances were to be kept."""
        try:
            return bool(parameters_file.read_parameters(self.directory).get("keep"))
        except FailedError:
            return False

    @property
    def is_followed(self) -> bool:
        """Whether a process carries it out, of any machine that shares the directory."""
        return any(locks.is_held(self.directory, name) for name in (locks.WRAPPER, locks.PLAYBOOK))

    @property
    def step(self) -> str:
        """What the run does, or did last, on the host that is the furthest of those that are at work.

        If none is, the hosts count that are not ended, then those that wait for the quota, then all that have begun.
        """
        begun = list(run_layout.hosts(self.directory))
        going = [host for host in begun if host.name not in self.ended]
        found = [_step(host) for host in going if not self._has_come_to_its_end(host)]
        if {one.instance_id for one in self.not_ended} - {host.name for host in begun}:
            found.append(LAUNCHING)
        found = found or list(map(_step, going))
        if not found:
            found = [LAUNCHING] if planned_hosts.waiting(self.directory) else list(map(_step, begun)) or [LAUNCHING]
        first = max(found, key=_STEPS.index)
        # On a machine of the user's own nothing is launched.
        return INSTALLING if first == LAUNCHING and not self.plan.launches else first

    @property
    def progress(self) -> Progress | None:
        """How far a run of several hosts has come; None for a run of one."""
        if len(self.plan.launches) < 2:
            return None
        outcomes = host_outcomes.of_run(self.directory)
        waiting = len(planned_hosts.waiting(self.directory))
        return Progress(
            host_outcomes.succeeded(outcomes), len(host_outcomes.failed(outcomes)), waiting, len(self.plan.launches)
        )

    @property
    def may_go_on(self) -> bool:
        """Whether a host that was not ended was left at work, or at work when it was last heard of.

        It then builds or measures, or has measured what was not brought back yet.
        """
        hosts = (host for host in run_layout.hosts(self.directory) if host.name not in self.ended)
        return any(attempts.is_left(host) or self._was_at_work(host) for host in hosts)

    def _was_at_work(self, host: Path) -> bool:
        return _step(host) in (BUILDING, MEASURING, FINISHING) and not self._has_come_to_its_end(host)

    def _has_come_to_its_end(self, host: Path) -> bool:
        """Whether the current attempt on a host has results or has failed."""
        number = attempts.current(host)
        failed = any(one.is_of(host.name, number) for one in failures.failures(self.directory))
        return failed or (run_layout.attempt(host, number) / Results.FILE).exists()

    @property
    def was_left(self) -> bool:
        """Whether a host was left measuring, ended or not."""
        return any(map(attempts.is_left, run_layout.hosts(self.directory)))

    @property
    def is_published(self) -> bool:
        """Whether the current attempt on each host was published from here, so that S3 has no more of it."""
        hosts = list(run_layout.hosts(self.directory))
        return bool(hosts) and all((_current(host) / Published.FILE).exists() for host in hosts)

    @property
    def outcome(self) -> Outcome:
        return _outcome(self)


@dataclass(frozen=True)
class Progress:
    """How many of a run's hosts have succeeded, have failed, and wait to be launched, and how many it has in all."""

    done: int
    failed: int
    waiting: int
    hosts: int


@dataclass(frozen=True)
class Outcome:
    """What came of a run, as far as its records tell."""

    benchmarks: int = 0  # how many were measured, on all hosts
    is_partial: bool = False  # whether some are missing, or a host has none
    failed: tuple[str, ...] = ()  # the stages that failed
    is_unreadable: bool = False  # whether there are results that only an earlier version of this tool could count
    is_unpublished: bool = False  # whether results of a host were not published, though they were to be

    @property
    def has_results(self) -> bool:
        return bool(self.benchmarks) or self.is_unreadable


def all_in(runs_dir: Path) -> Iterator[RecordedRun]:
    """The runs of a directory that were planned, in no order. One whose plan is damaged is left out."""
    for directory in named_run.directories(runs_dir):
        if run_id.is_valid(directory.name) and (found := of(directory)):
            yield found


def of(directory: Path) -> RecordedRun | None:
    """The run that was planned in a directory, None if none was, or if its plan is damaged."""
    plan = record_files.recall(Preflight, directory)
    return RecordedRun(directory, plan) if plan else None


def damaged(runs_dir: Path) -> list[str]:
    """The names of the runs in a directory whose plan cannot be read or is gone, sorted."""
    planned = (path for path in named_run.directories(runs_dir) if named_run.is_planned(path))
    return sorted(path.name for path in planned if run_id.is_valid(path.name) and of(path) is None)


def _current(host: Path) -> Path:
    return run_layout.attempt(host, attempts.current(host))


def _step(host: Path) -> str:
    attempt = _current(host)
    if (attempt / Results.FILE).exists() or (attempt / run_layout.CRITERION).is_dir():
        return FINISHING
    done = {
        MEASURING: attempt / Build.FILE,
        BUILDING: attempt / Toolchain.FILE,
        INSTALLING: host / Ready.FILE,
    }
    return next((step for step, file in done.items() if file.exists()), LAUNCHING)


def _outcome(run: RecordedRun) -> Outcome:
    hosts = list(run_layout.hosts(run.directory))
    each = [_of_host(host) for host in hosts]
    missing = len(hosts) < len(run.plan.launches)
    return Outcome(
        benchmarks=sum(one.benchmarks for one in each),
        is_partial=missing or any(one.is_partial or not one.has_results for one in each),
        failed=tuple(dict.fromkeys(one.stage for one in failures.failures(run.directory))),
        is_unreadable=any(one.is_unreadable for one in each),
        is_unpublished=run.plan.destination is not None and any(one.is_unpublished for one in each),
    )


def _of_host(host: Path) -> Outcome:
    attempt = _current(host)
    results = record_files.recall(Results, attempt)
    if results is None:
        published = record_files.recall(Published, attempt)
        return Outcome(is_unreadable=bool(published and _READ_BY_EARLIER & published.keys.keys()))
    # Several processes may measure a benchmark of the same name.
    count = len({(one.target, one.id) for one in results.measurements})
    is_partial = bool(results.lost) or count < (results.expected or 0)
    return Outcome(count, is_partial, is_unpublished=any(map(_is_unpublished, _to_bring_back(host))))


def _to_bring_back(host: Path) -> list[Path]:
    return [run_layout.attempt(host, number) for number in attempts.to_bring_back(host)]


def _is_unpublished(attempt: Path) -> bool:
    results = record_files.recall(Results, attempt)
    return bool(results and results.measurements) and not (attempt / Published.FILE).exists()
