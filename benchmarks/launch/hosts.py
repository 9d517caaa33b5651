"""Launches the instances of a run that do not exist yet, and records all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from benchmarks.aws import instance_facts, instances, tags
from benchmarks.aws.session import AwsShape, Client
from benchmarks.launch import run_instances
from benchmarks.launch.run_instances import Launch
from benchmarks.runs import events, files, record_files, run_layout
from benchmarks.runs.event_records import InstanceLaunched
from benchmarks.runs.records import Instance, Instances, LaunchPlan


def existing(ec2: Client, run_id: str) -> tuple[Instance, ...]:
    """The run's existing instances, as `ensure` returns them."""
    return _records(instances.alive(ec2, run_id))


def difference(there: Sequence[Instance], plans: Sequence[LaunchPlan]) -> dict[str, str]:
    """What `ensure` would launch, in the format of Ansible's `diff`; `there` are the existing instances."""
    exist = {instance.host for instance in there}
    after = "".join(map(_described, plans))
    return {
        "before": "".join(_described(plan) for plan in plans if plan.host in exist),
        "after": after,
        "after_header": f"instances in {plans[0].region}",
    }


def _described(plan: LaunchPlan) -> str:
    facts = {
        "instance type": f"{plan.instance_type}, {plan.cores} cores, {plan.threads_per_core} threads each",
        "image": f"{plan.image.id} ({plan.image.name})",
        "launch template": f"{plan.launch_template.name}, version {plan.launch_template.version}",
        "zone": ", else ".join(place.zone or "the launch template's" for place in plan.places),
    }
    return "".join(f"{name}: {value}\n" for name, value in facts.items())


def ensure(
    ec2: Client,
    launches: Sequence[Launch],
    timeout: float,
    note: Callable[[Sequence[Instance]], object],
    sleep: Callable[[float], None] = time.sleep,
    begin: Callable[[], object] = lambda: None,
    directory: Path | None = None,
) -> tuple[bool, tuple[Instance, ...]]:
    """Launch the missing instances and wait until all run; return whether any was launched, and all instances.

    `note` is called with all known instances after each launch, and when all run, `begin` before the first launch.
    In the run's `directory` it is noted where each was asked for (see run_instances.run). Raises FailedError, OSError.
    """
    run_id = launches[0].run_id
    found = {instances.host_of(instance): instance for instance in instances.alive(ec2, run_id)}
    missing = [launch for launch in launches if launch.plan.host not in found]
    if missing:
        begin()
    for launch in missing:
        # The answer need not have the tags yet.
        tagged = {"Tags": tags.as_list(launch.tags_of("instance"))}
        found[launch.plan.host] = {**run_instances.run(ec2, launch, sleep, directory), **tagged}
        note(_records(found.values()))
    running = instances.wait_running(ec2, run_id, {i["InstanceId"] for i in found.values()}, timeout, sleep)
    known = tuple(instance_facts.records(ec2, sorted(running, key=instances.host_of)))
    note(known)
    return bool(missing), known


def note(directory: Path, region: str, host_key: str, found: Sequence[Instance]) -> None:
    """Record a run's instances, and their host key in known_hosts format. Raises OSError."""
    known = record_files.recall(Instances, directory)
    recorded = {one.instance_id for one in known.instances} if known else set()
    events.note(directory, *(_launched(one) for one in found if one.instance_id not in recorded))
    record_files.write(directory, Instances(region=region, instances=tuple(found)))
    keys = "".join(f"{one.instance_id} {host_key}\n" for one in found)
    files.write_whole(directory / run_layout.KNOWN_HOSTS, keys)


def _launched(one: Instance) -> InstanceLaunched:
    return InstanceLaunched(instance_id=one.instance_id, instance_type=one.instance_type, zone=one.zone)


def _records(found: Iterable[AwsShape]) -> tuple[Instance, ...]:
    return tuple(instances.record(instance) for instance in sorted(found, key=instances.host_of))
