"""What a user is told of a run that goes on without its controller: where it is, what it costs, and the way back."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from pathlib import Path

from benchmarks.host import host_layout
from benchmarks.launch import remaining
from benchmarks.runs import attempts, planned_hosts, record_files, run_layout, run_words
from benchmarks.runs.records import Instances, Machine, Preflight


def hosts(directory: Path) -> list[str]:
    """The names of the hosts on which a run was left measuring, as its records say."""
    return [host.name for host in run_layout.hosts(directory) if attempts.is_left(host)]


def left_out(in_run: Sequence[str], limited: Collection[str]) -> list[str]:
    """The hosts of a run that Ansible's --limit to `limited` leaves out.

    None if it leaves out every one: that is a mistake, and what was launched in vain is ended.
    """
    found = [host for host in in_run if host not in limited]
    return found if len(found) < len(in_run) else []


def untouched(directory: Path, region: str | None, names: Sequence[str]) -> str:
    """What a user is told of hosts that --limit leaves out, as lines: what they cost, and the way back."""
    run_id = directory.name
    running = [one for one in remaining.recorded(directory) if one.instance_id in names]
    told = remaining.report(running, run_id, region, directory) if running else ""
    lines = [f"Left as they are, since --limit leaves them out: {', '.join(names)}.", told, way_back(run_id, directory)]
    return "\n".join(filter(None, lines))


def measuring(run_id: str, machines: Collection[str] = ()) -> str:
    """That the run goes on; on `machines` of the user's own, since an instance is told of by itself."""
    return f"The run {run_id} goes on measuring{_on(machines)}, without this process."


def measured(run_id: str, machines: Collection[str] = ()) -> str:
    """That what the run has measured is still on its host."""
    return f"The run {run_id} has measured, and its results wait{_on(machines) or ' on its instance'}."


def _on(machines: Collection[str]) -> str:
    return f" on {', '.join(sorted(machines))}" if machines else ""


def results(directory: Path) -> str:
    """What becomes of a run, and of the results on its instances, if nobody comes back.

    Empty for a machine of the user's own.
    """
    plan = record_files.recall(Preflight, directory)
    if not (plan and plan.launch):
        return ""
    is_one = len(plan.launches) == 1
    if bucket := _uploads_to(plan):
        by = "the instance itself" if is_one else "the instances themselves"
        told = f"What it measures is uploaded to s3://{bucket} by {by}."
    elif is_one:
        told = "What it measures stays on the instance: come back before that switches itself off."
    else:
        told = "What it measures stays on the instances: come back before they switch themselves off."
    if hosts := planned_hosts.waiting(directory):
        told += f" Until you come back, nothing launches {run_words.some(hosts)}."
    return told


def ended(run_id: str, directory: Path) -> str:
    """Where the results are of a run that was ended while it measured; empty if its instance uploads nothing."""
    plan = record_files.recall(Preflight, directory)
    if not (plan and (bucket := _uploads_to(plan))):
        return ""
    fetching = remaining.attach_command(run_id, directory)
    down = "its instance goes down" if len(plan.launches) == 1 else "its instances go down"
    return f"What it had measured is uploaded to s3://{bucket} as {down}. To fetch it: {fetching}"


def uploads(directory: Path) -> bool:
    """Whether the instance of a run uploads what it measures by itself, also if nobody comes back."""
    plan = record_files.recall(Preflight, directory)
    return bool(plan and _uploads_to(plan))


def _uploads_to(plan: Preflight) -> str:
    """The bucket to which the instance of a run uploads by itself; empty if it does not."""
    return plan.destination.bucket if plan.destination and plan.launch and plan.launch.has_profile else ""


def end_there(run_id: str) -> str:
    """How to end a run on a machine of the user's own."""
    return f"To end it, type there: sudo systemctl stop {shlex.quote(f'{host_layout.unit_prefix(run_id)}-*')}"


def of_own_machine(directory: Path) -> str:
    """Why ending a run's instances ends nothing of it, and what does, as lines; empty for a run that launches some."""
    if record_files.recall(Instances, directory):
        return ""
    plan, machine = record_files.recall(Preflight, directory), record_files.recall(Machine, directory)
    host = machine.host if machine else None
    if plan.launches if plan else not host:
        return ""
    run_id = directory.name
    where = f"your machine {host}" if host else "a machine of yours"
    why = f"The run {run_id} has no instance: it is on {where}, where nothing was ended."
    return f"{why}\n{end_there(run_id)}\n{way_back(run_id, directory)}"


def way_back(run_id: str, directory: Path) -> str:
    return f"To come back to it: {remaining.attach_command(run_id, directory)}"


def of_records(directory: Path, region: str | None) -> str:
    """All that, as lines, of a run that is left as it begins to measure: its records are new, and AWS is not asked."""
    run_id = directory.name
    if record_files.recall(Instances, directory) is None:
        lines = [measuring(run_id, hosts(directory)), end_there(run_id)]
    else:
        instances = remaining.recorded(directory)
        lines = [measuring(run_id), remaining.report(instances, run_id, region, directory)]
    return "\n".join(filter(None, [*lines, results(directory), way_back(run_id, directory)]))
