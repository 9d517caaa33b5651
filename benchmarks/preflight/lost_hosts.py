"""The hosts of a run that are gone, and have measured nothing of what is asked for that can be brought back.

While nobody follows a run, nobody notices: without a failure of its own such a host would count as one that measures.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.aws import instance_check, instances
from benchmarks.aws.session import Client
from benchmarks.launch import hosts, termination
from benchmarks.runs import attempts, failures, planned_hosts, run_layout, run_over
from benchmarks.runs.records import HostAttempt, Preflight

_TASK = "Plan the run"


def note(ec2: Client, directory: Path, plan: Preflight) -> None:
    """Record a failure for each lost host of several, with EC2's reason as long as EC2 shows the instance.

    The only host of a run is refused or recorded by whoever plans it. Raises OSError, and what AWS does.
    """
    if len(plan.launches) < 2 or not (found := list(lost(directory, plan))):
        return
    reasons = {one["InstanceId"]: instance_check.reason(one) for one in instances.gone(ec2, directory.name)}
    suite = plan.measurements[0].suite.name
    never = {launch.name for launch in plan.launches}
    for one in found:
        if one.host in never:
            failures.record_failure(directory, one.host, _TASK, termination.NEVER_LAUNCHED, hosts.STAGE)
        else:
            why = reasons.get(one.host, f"{one.host} is gone").removesuffix(".")
            told = (
                f"{why}. Nothing that it has measured of the suite {suite} could be found: start a new run to measure "
                "on its type."
            )
            failures.record_failure(directory, one.host, _TASK, told, attempt=one.attempt)


def lost(directory: Path, plan: Preflight) -> Iterator[HostAttempt]:
    """The hosts without a failure of their own, by their names in records, and the attempts that have failed there.

    `plan` is the one that is made now.
    """
    failed = {one.host for one in failures.failures(directory)}
    for launch in plan.launches:
        name = planned_hosts.name(directory, launch.name)
        if launch.host in plan.gone and not failed & {name, launch.name} and not _has_measured(directory, plan, name):
            yield HostAttempt(host=name, attempt=_failed(directory, plan, name))


def _has_measured(directory: Path, plan: Preflight, host: str) -> bool:
    """Whether a host's results at the planned suite are brought back now, or have been."""
    at_host = run_layout.host(directory, host)
    digest = plan.measurements[0].suite_digest
    records = filter(None, (attempts.read(at_host, number) for number in attempts.here(at_host)))
    asked = [one.number for one in records if one.suite_digest == digest]
    return any(_is_had(directory, plan, HostAttempt(host=host, attempt=number)) for number in asked)


def _failed(directory: Path, plan: Preflight, host: str) -> int:
    """The number of the attempt that has failed: the current one, unless that is had, and the next never began."""
    at_host = run_layout.host(directory, host)
    current = HostAttempt(host=host, attempt=attempts.current(at_host))
    return max(attempts.here(at_host)) + 1 if _is_had(directory, plan, current) else current.attempt


def _is_had(directory: Path, plan: Preflight, one: HostAttempt) -> bool:
    return one in plan.measured or run_over.is_brought_back(directory, one.host, one.attempt)
