"""The hosts that a run has planned, and the instances that they have become.

A host is named by its number until it has an instance, and by the instance's id from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from benchmarks.runs import failures, record_files
from benchmarks.runs.records import Instances, LaunchPlan, Preflight


def name(directory: Path, host: str) -> str:
    """The instance id of a host that is named by its number, once it has one; any other name as it is."""
    if not host.startswith("host-"):
        return host
    launched = record_files.recall(Instances, directory)
    found = (one.instance_id for one in launched.instances if by_number(one.host) == host) if launched else ()
    return next(iter(found), host)


def by_number(number: int | str) -> str:
    """What the host with this number in the run is called as long as it has no instance."""
    return f"host-{number}"


def address(directory: Path, host: str) -> str:
    """The address of a host, by its instance id; of one that has none yet its name, at which nothing answers."""
    launched = record_files.recall(Instances, directory)
    found = (one.address for one in launched.instances if one.instance_id == host) if launched else ()
    return next(iter(found), None) or host


def launch(plan: Preflight, launched: Instances | None, host: str) -> LaunchPlan | None:
    """The plan that a host was launched by; without its record, that of a run with a single launch."""
    number = next((one.host for one in launched.instances if one.instance_id == host), None) if launched else None
    if number is None:
        return plan.launch if len(plan.launches) == 1 else None
    return next((one for one in plan.launches if one.host == number), None)


def unrecorded(directory: Path, existing: Iterable[str]) -> tuple[str, ...]:
    """Those of a run's `existing` instances whose launch was not recorded, as when everything was killed meanwhile."""
    launched = record_files.recall(Instances, directory)
    known = {one.instance_id for one in (launched.instances if launched else ())}
    return tuple(one for one in existing if one not in known)


def waiting(directory: Path) -> tuple[str, ...]:
    """The names of the hosts that are still to be launched, once a run has launched some, in the order of its plan."""
    return unlaunched(directory) if record_files.recall(Instances, directory) else ()


def unlaunched(directory: Path) -> tuple[str, ...]:
    """The names of the hosts that were neither launched, as far as is recorded, nor refused, in the plan's order."""
    plan, launched = record_files.recall(Preflight, directory), record_files.recall(Instances, directory)
    if plan is None:
        return ()
    known = {*plan.gone, *(one.host for one in (launched.instances if launched else ()))}
    refused = {one.host for one in failures.failures(directory)}
    return tuple(one.name for one in plan.launches if one.host not in known and one.name not in refused)
