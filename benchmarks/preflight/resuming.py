"""Resumes an earlier run: on its machine if that still exists, else with the results that were collected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from benchmarks.aws import image_billing, instances, tags
from benchmarks.aws.session import AwsShape, Client
from benchmarks.errors import RefusedError
from benchmarks.launch import boot_times, remaining
from benchmarks.runs import attempts, failures, record_files, run_layout, run_machine, run_over, ssh_keys
from benchmarks.runs.records import Failure, HostAttempt, Image, Instance, Instances, LaunchPlan, Preflight, Values


@dataclass(frozen=True)
class Begun:
    """A run's directory, and its earlier plan, None for a new run."""

    directory: Path
    plan: Preflight | None


def there(ec2: Client, directory: Path) -> list[AwsShape]:
    """The run's instances that are alive, also those just launched, whose tags EC2 does not show yet.

    Raises RefusedError if one has been stopped: a run that failed on it would end it, with what it has measured.
    """
    found = instances.alive(ec2, directory.name, remaining.recorded_ids(directory))
    for instance in found:
        if said := instances.stopped(instance, directory.name):
            raise RefusedError(said)
    return found


def is_over(directory: Path, there: Sequence[AwsShape]) -> bool:
    """Whether the run has launched instances, launches no more, and none is left; `there` are those that exist.

    Raises FailedError if none exists and the record of instances is damaged, since some may have been launched.
    """
    return not there and bool(_launched(directory)) and not run_over.still_to_launch(directory)


def gone(directory: Path, there: Sequence[AwsShape]) -> tuple[Instance, ...]:
    """The instances that the run has launched and that are not left; `there` are those that exist."""
    alive = {instance["InstanceId"] for instance in there}
    return tuple(one for one in _launched(directory) if one.instance_id not in alive)


def _launched(directory: Path) -> tuple[Instance, ...]:
    found = record_files.read(Instances, directory)
    return found.instances if found else ()


def measured(
    directory: Path,
    suite_digest: str,
    is_uploaded: Callable[[str, int], bool] = lambda _host, _attempt: False,
    why_gone: str = "",
) -> tuple[HostAttempt, ...]:
    """The attempts to be brought back of each host of a run that is over, as `of_gone` returns them.

    Raises RefusedError if there is none; and if there is none at the requested suite, which cannot be measured any
    more, unless the run itself was planned for it: then the others are brought back all the same. `why_gone`, in
    brackets, is why.
    """
    found = of_gone(directory, _launched(directory), suite_digest, is_uploaded)
    plan = record_files.recall(Preflight, directory)
    is_planned = any(one.suite_digest == suite_digest for one in plan.measurements) if plan else False
    if not any(is_planned or _is_at(directory, one, suite_digest) for one in found):
        its = "instances" if plan and len(plan.launches) > 1 else "instance"
        raise RefusedError(
            f"The run {directory.name} has ended, and its {its} with it{why_gone}: leave run_id out to start a new run."
        )
    return found


def of_gone(
    directory: Path,
    ended: Iterable[Instance],
    suite_digest: str,
    is_uploaded: Callable[[str, int], bool] = lambda _host, _attempt: False,
) -> tuple[HostAttempt, ...]:
    """The attempts to be brought back of each of these instances, oldest first, those requested last.

    They are those that would be brought back from the host, and the newest at the requested suite, also if it was
    published. The log of each is here, or `is_uploaded` says that it is in S3, which it is asked only if it is not
    here.
    """
    hosts = [instance.instance_id for instance in ended]
    each = {host: _measured(directory, host, suite_digest, is_uploaded) for host in hosts}
    return tuple(HostAttempt(host=host, attempt=number) for host, numbers in each.items() for number in numbers)


def _measured(directory: Path, host: str, suite_digest: str, is_uploaded: Callable[[str, int], bool]) -> list[int]:
    """The numbers of a host's attempts to be brought back, as far as their log is here or in S3."""
    host_directory = run_layout.host(directory, host)

    @cache
    def has_log(number: int) -> bool:
        return (run_layout.attempt(host_directory, number) / run_layout.LOG).exists() or is_uploaded(host, number)

    here = [HostAttempt(host=host, attempt=number) for number in reversed(attempts.here(host_directory))]
    asked = (one.attempt for one in here if _is_at(directory, one, suite_digest))
    newest = [*islice(filter(has_log, asked), 1)]
    others = [number for number in attempts.to_bring_back(host_directory) if number not in newest and has_log(number)]
    return [*others, *newest]


def _is_at(directory: Path, one: HostAttempt, suite_digest: str) -> bool:
    record = attempts.read(run_layout.host(directory, one.host), one.attempt)
    return record is not None and record.suite_digest == suite_digest


def repeated(directory: Path, plan: Preflight) -> Callable[[Failure], bool]:
    """Tells which failures are of stages that are repeated: on hosts that are gone, only those that need no machine."""
    launched = record_files.recall(Instances, directory)
    gone = {one.instance_id for one in (launched.instances if launched else ()) if one.host in plan.gone}
    gone |= {launch.name for launch in plan.launches if launch.host in plan.gone}
    # Without any host left, those of the controller are about hosts that are gone too.
    if plan.launches and len(plan.gone) == len(plan.launches):
        return lambda failure: failure.stage in failures.OF_BRINGING_BACK
    return lambda failure: failure.stage in failures.OF_BRINGING_BACK or failure.host not in gone


def turn_to_measured(directory: Path, plan: Preflight) -> None:
    """Make the newest attempt at the planned suite the current one on each host that is gone. Raises OSError.

    The only host of a run, if only other attempts of it are brought back, has failed, since nothing can measure that
    suite there; for those of several see lost_hosts.
    """
    planned = plan.measurements[0]
    asked = {one.host: one.attempt for one in plan.measured if _is_at(directory, one, planned.suite_digest)}
    for host in dict.fromkeys(one.host for one in plan.measured):
        if host in asked:
            attempts.turn_to(run_layout.host(directory, host), asked[host])
        elif len(plan.launches) < 2 and not failures.failures(directory):
            told = (
                f"{host} was gone before it had measured the suite {planned.suite.name}: leave run_id out to start a "
                "new run."
            )
            # Of no attempt: those that are brought back are what they are.
            failures.record_failure(directory, "localhost", "Plan the run", told)


def launched_as(
    planned: Sequence[LaunchPlan], there: Sequence[AwsShape], begun: Begun, parameters: Values
) -> tuple[LaunchPlan, ...]:
    """The plans of a resumed run's launches: as they were, also where they describe the instances that it already has.

    Raises RefusedError if those differ from the plan, since results must not be attributed to another machine; and if
    their keys are not in this runs directory, since logging in is then impossible, and whoever has the keys may be
    measuring.
    """
    of_host = {plan.host: plan for plan in planned}
    exist = {instances.host_of(instance): instance for instance in there}
    for host, instance in exist.items():
        if host not in of_host:
            raise RefusedError(
                f"The run {begun.directory.name} has {instance['InstanceId']}, which this request does not ask for: "
                "leave run_id out to start a new run."
            )
        run_machine.refuse_differences(begun.directory.name, _differences(instance, of_host[host], parameters))
    refuse_without_keys(begun.directory, there, planned[0].region)
    return tuple(as_before(_of_instance(plan, exist.get(plan.host), begun), begun) for plan in planned)


def _of_instance(planned: LaunchPlan, instance: AwsShape | None, begun: Begun) -> LaunchPlan:
    """The plan that an instance was launched by; without its record, with what EC2 says of it."""
    if instance is None:
        return planned
    licence = image_billing.of(instance).licensed_platform
    image = Image(id=instance["ImageId"], licensed_platform=licence)
    return _earlier(planned.host, begun) or replace(planned, image=image)


def _earlier(host: int, begun: Begun | None) -> LaunchPlan | None:
    launches = begun.plan.launches if begun and begun.plan else ()
    return next((one for one in launches if one.host == host), None)


def refuse_without_keys(directory: Path, there: Sequence[AwsShape], region: str) -> None:
    """Raises RefusedError if the keys to a run's instances are not in its directory here."""
    if not ssh_keys.has_keys(directory):
        ids = ", ".join(instance["InstanceId"] for instance in there)
        raise RefusedError(
            f"The run {directory.name} has {ids}, whose keys are not in {directory}: give the runs "
            f"directory that it was begun in by --runs-dir, or leave run_id out to start a new run. To end it: "
            + remaining.end_command(directory.name, region, directory)
        )


def as_before(planned: LaunchPlan, begun: Begun | None) -> LaunchPlan:
    """The earlier plan of a launch if only the price and the quota have changed since, else `planned`.

    The price is part of the request that EC2 knows by its client token, so a launch whose answer was lost must be
    repeated with the price of then.
    """
    earlier = _earlier(planned.host, begun)
    if earlier and earlier == replace(
        planned,
        price=earlier.price,
        price_unknown=earlier.price_unknown,
        cpu_credits=earlier.cpu_credits,
        cpu_credits_unknown=earlier.cpu_credits_unknown,
        quota=earlier.quota,
    ):
        return earlier
    return planned


def time_warnings(
    there: Sequence[AwsShape], launches: Sequence[LaunchPlan], parameters: Values, now: datetime
) -> list[str]:
    """Warnings for instances that may power themselves off before build_limit and time_limit are over.

    An instance that has booted faster than it might have is off sooner than its tags say.
    """
    needed = now + timedelta(minutes=parameters["build_limit"] + parameters["time_limit"])
    of_host = {launch.host: launch for launch in launches}
    ends = {instance["InstanceId"]: (instances.host_of(instance), remaining.end_of(instance)) for instance in there}
    earliest = {id: boot_times.earliest_end(of_host[host], end) for id, (host, end) in ends.items() if end}
    return [
        f"{instance_id} may switch itself off at {end:%H:%M UTC}, before build_limit and time_limit are over: "
        f"what is not measured by then is lost."
        for instance_id, end in earliest.items()
        if end < needed
    ]


def _differences(instance: AwsShape, planned: LaunchPlan, parameters: Values) -> dict[str, tuple[object, object]]:
    """Each property of an instance with the requested value; what was not requested counts as equal."""
    options = {"CoreCount": planned.cores, "ThreadsPerCore": planned.threads_per_core}
    options |= instance.get("CpuOptions") or {}
    template = planned.launch_template.id
    return {
        "instance_type": (instance["InstanceType"], planned.instance_type),
        "cores": (options["CoreCount"], planned.cores),
        "threads per core": (options["ThreadsPerCore"], planned.threads_per_core),
        "ami": (instance["ImageId"], parameters["ami"] or instance["ImageId"]),
        "subnet": (instance.get("SubnetId"), parameters["subnet"] or instance.get("SubnetId")),
        "launch_template": (tags.of(instance).get(tags.LAUNCH_TEMPLATE, template), template),
    }
