"""Launches the instances of a run that do not exist yet, and records all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.aws import aws_errors, instance_facts, instances, tags
from benchmarks.aws.session import AwsShape, Client
from benchmarks.errors import FailedError
from benchmarks.launch import quota_room, run_instances
from benchmarks.launch.run_instances import Launch
from benchmarks.runs import events, failures, files, record_files, run_layout
from benchmarks.runs.event_records import InstanceLaunched
from benchmarks.runs.records import Instance, Instances, LaunchPlan

STAGE = "launch"  # as failures name it
Note = Callable[[Sequence[Instance]], object]


def existing(ec2: Client, run_id: str) -> tuple[Instance, ...]:
    """The run's existing instances, as `ensure` returns them."""
    return recorded(instances.alive(ec2, run_id))


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


@dataclass(frozen=True)
class Outcome:
    """The run's instances that exist after a launch, and why the hosts that could not be launched were not, by number.

    A host that is in neither has to wait until the quota has room.
    """

    changed: bool
    instances: tuple[Instance, ...]
    refused: Mapping[int, str] = field(default_factory=dict)


def ensure(
    ec2: Client,
    launches: Sequence[Launch],
    timeout: float,
    note: Note,
    sleep: Callable[[float], None] = time.sleep,
    begin: Callable[[], object] = lambda: None,
    directory: Path | None = None,
) -> Outcome:
    """Launch the missing instances, as far as the quota has room for them, and wait until all run.

    A host that cannot be launched does not keep the others from it. One that AWS was out of reach for waits like those
    that the quota has no room for. `note` is called with all known instances after each launch, and when all run,
    `begin` before the first launch. In the run's `directory` it is noted where each was asked for (see
    run_instances.run). Raises OSError; and of a single host why it could not be launched.
    """
    run_id = launches[0].run_id
    found = {instances.host_of(instance): instance for instance in instances.alive(ec2, run_id)}
    missing = [launch for launch in launches if launch.plan.host not in found]
    if missing:
        begin()
    refusals: dict[int, Exception] = {}
    full: set[str] = set()  # codes of quotas that EC2 has said are used up
    for launch in missing:
        beside = [one.plan for one in launches if one.plan.host in found]
        quota = launch.plan.quota.code if launch.plan.quota else ""
        if quota in full or not quota_room.has_room(launch.plan, beside):
            continue
        try:
            found[launch.plan.host] = launched_by(launch, ec2, sleep, directory)
        except run_instances.QuotaError as error:
            if beside:
                full.add(quota)
            else:
                refusals[launch.plan.host] = error
        except aws_errors.errors() as error:
            if not (found and aws_errors.may_pass(error)):
                refusals[launch.plan.host] = error
        else:
            note(recorded(found.values()))
    if refusals and len(launches) == 1:
        raise refusals[launches[0].plan.host]
    told = {host: aws_errors.sentence(error) for host, error in refusals.items()}
    if not found:
        return Outcome(False, (), told)
    running, failed = instances.wait_running(ec2, run_id, {i["InstanceId"] for i in found.values()}, timeout, sleep)
    if failed and len(launches) == 1:
        raise FailedError(next(iter(failed.values())))
    known = tuple(instance_facts.records(ec2, sorted(running, key=instances.host_of)))
    note(known)
    lost = {host: failed[one["InstanceId"]] for host, one in found.items() if one["InstanceId"] in failed}
    return Outcome(bool(missing), known, {**told, **lost})


def launched_by(launch: Launch, ec2: Client, sleep: Callable[[float], None], directory: Path | None) -> AwsShape:
    """The instance of a launch, as from DescribeInstances. Raises as run_instances.run does."""
    # The answer need not have the tags yet.
    tagged = {"Tags": tags.as_list(launch.tags_of("instance"))}
    return {**run_instances.run(ec2, launch, sleep, directory), **tagged}


def note_refused(directory: Path, plans: Sequence[LaunchPlan], outcome: Outcome) -> list[str]:
    """Record a failure for each host that could not be launched; return it with its type, as a sentence for the user.

    Raises OSError.
    """
    launched = record_files.recall(Instances, directory)
    names = {one.host: one.instance_id for one in (launched.instances if launched else ())}
    of_host = {plan.host: plan for plan in plans}
    for host, why in outcome.refused.items():
        name = names.get(host, of_host[host].name)
        failures.record_failure(directory, name, "Launch the instances that do not exist yet", why, STAGE)
    return [f"{of_host[host].instance_type} ({of_host[host].name}): {why}" for host, why in outcome.refused.items()]


def note(directory: Path, region: str, host_key: str, found: Sequence[Instance]) -> None:
    """Record instances of a run beside those that are recorded, and their host key in known_hosts format.

    Raises OSError.
    """
    new: list[InstanceLaunched] = []

    def changed(known: Instances | None) -> Instances:
        recorded = {one.instance_id: one for one in (known.instances if known else ())}
        new.extend(_launched(one) for one in found if one.instance_id not in recorded)
        merged = {**recorded, **{one.instance_id: one for one in found}}
        keys = "".join(f"{instance_id} {host_key}\n" for instance_id in merged)
        files.write_whole(directory / run_layout.KNOWN_HOSTS, keys)
        return Instances(region=region, instances=tuple(sorted(merged.values(), key=lambda one: one.host)))

    record_files.change(Instances, directory, changed)
    events.note(directory, *new)


def _launched(one: Instance) -> InstanceLaunched:
    return InstanceLaunched(instance_id=one.instance_id, instance_type=one.instance_type, zone=one.zone)


def recorded(found: Iterable[AwsShape]) -> tuple[Instance, ...]:
    """The records of instances as from DescribeInstances, in the order of their hosts."""
    return tuple(instances.record(instance) for instance in sorted(found, key=instances.host_of))
