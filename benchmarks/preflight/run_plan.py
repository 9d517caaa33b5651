"""Plans a run and checks the plan against AWS, before anything is started."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from benchmarks import hints
from benchmarks.aws import caller, credentials, ec2_endpoint, instances
from benchmarks.aws.opt_in_regions import refusing_in
from benchmarks.aws.session import AwsShape, Client, Connect
from benchmarks.errors import RefusedError
from benchmarks.launch import boot_times, not_shown, quota_room
from benchmarks.parameters import machines, suites
from benchmarks.preflight import (
    best_types,
    credentials_end,
    destination,
    dry_run,
    gone_instances,
    launch_plans,
    launch_price,
    launch_quota,
    resuming,
)
from benchmarks.results import result_keys
from benchmarks.runs import failures, measurement, planned_hosts, record_files, run_over
from benchmarks.runs.records import (
    Destination,
    LaunchPlan,
    PlannedMeasurement,
    Preflight,
    Source,
    Suite,
    Terminated,
    Values,
)

# In the tags of a dry run for a run that has no directory yet.
_NAMELESS = "not-begun"


def start_of(earlier: Preflight | None) -> datetime:
    """When the run was first planned; now, unless there is an earlier plan."""
    return earlier.started if earlier else datetime.now(UTC).replace(microsecond=0)


def refuse_dry(parameters: Values, earlier: Preflight | None) -> None:
    """Raises RefusedError if a run that was begun before is to be planned only, which would change its records."""
    if parameters["dry_run"] and earlier:
        raise RefusedError("dry_run is for new runs, and this run has begun: leave run_id out, or dry_run.")


def lost(directory: Path) -> list[str]:
    """What to report if a run's plan has been lost; empty if it has not."""
    if record_files.recall(Preflight, directory):
        return []
    return [
        f"The records of the run in {directory} were removed or damaged while it ran: what could still be brought back "
        f"is there, and nothing of it is published."
    ]


def make(
    parameters: Values,
    connect: Connect,
    started: datetime,
    begun: resuming.Begun | None = None,
    check_source: Callable[[Source], tuple[str, ...]] = lambda _: (),
) -> Preflight:
    """Plan a run. A run that was `begun` before keeps its instances.

    For a machine of the user's own, AWS is called only if a bucket is given. `check_source` returns warnings about a
    source to be launched for. Raises RefusedError for the first obstacle.
    """
    suite = _suite(parameters)
    digest = measurement.digest_of_suite_here(suite)
    plan = Preflight(
        started=started,
        measurements=(PlannedMeasurement(suite=suite, suite_digest=digest),),
        launches=(),
        destination=None,
    )
    if parameters["host"] and not parameters["bucket"]:
        return plan
    result_keys.check_length(suite.name, suite.source.ref)
    with refusing_in(connect, parameters["region"]):
        identity = connect("sts").get_caller_identity()
        if not parameters["host"]:
            plan = _with_machine(plan, parameters, connect, identity, begun, check_source)
        return replace(
            plan,
            warnings=(*plan.warnings, *_ending(plan, parameters)),
            destination=destination.choose(parameters, connect("s3"), identity["Account"]),
        )


def come_back(parameters: Values, connect: Connect, begun: resuming.Begun) -> Preflight:
    """The plan of a run that was begun before and is to be brought to its end as it is: nothing is checked anew.

    What was killed before it had launched is launched now, by the plan of then: with the same client token EC2 answers
    with the instance of a launch that was sent and not recorded.
    https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
    For a machine of the user's own, AWS is not called. Raises RefusedError if the run has launched elsewhere, if
    nothing of it is there, or if it was ended: EC2 would give it another instance, since its keys, and so its token,
    would be others.
    """
    name = begun.directory.name
    if not begun.plan:
        end = hints.command_line(f"bench.terminate --run-id {name}")
        raise RefusedError(f"The plan of the run {name} is missing or damaged, so only {end} is left to do.")
    plan = replace(begun.plan, measured=(), warnings=(), existing=(), gone=())
    if not plan.launches:
        return plan
    with refusing_in(connect, parameters["region"]):
        not_shown.check(connect("ec2"), begun.directory, lambda: connect("sts").get_caller_identity()["Account"])
        there = resuming.there(connect("ec2"), begun.directory)
    if resuming.is_over(begun.directory, there):
        digest, where = plan.measurements[0].suite_digest, plan.destination
        return gone_instances.without_instance(begun.directory, plan, digest, connect, lambda: where)
    launched = resuming.gone(begun.directory, there)
    if not there and not launched:
        if failures.failures(begun.directory):
            raise RefusedError(f"The run {name} has failed before it launched: there is nothing to come back to.")
        run_over.refuse_ended(begun.directory)
        # Ended from elsewhere, or with all that had expired, before it was recorded here. What had ended before the run
        # was launched anew is recorded.
        known = (record_files.recall(Terminated, begun.directory) or Terminated()).times
        if any(gone["InstanceId"] not in known for gone in instances.gone(connect("ec2"), name)):
            raise RefusedError(run_over.ended(name))
        late = f"The run {name} had launched nothing: its instance is launched now, as it was planned."
        return replace(plan, warnings=(late, *_ending(plan, parameters)))
    if there:
        resuming.refuse_without_keys(begun.directory, there, parameters["region"])
    waiting = () if run_over.was_ended(begun.directory) else planned_hosts.unlaunched(begun.directory)
    exist = {instances.host_of(instance) for instance in there}
    gone = tuple(one.host for one in plan.launches if one.host not in exist and one.name not in waiting)
    plan = replace(plan, gone=gone, existing=tuple(instance["InstanceId"] for instance in there))
    return gone_instances.of_some(begun.directory, plan, there, connect, lambda: plan.destination)


def _ending(plan: Preflight, parameters: Values) -> tuple[str, ...]:
    """Warnings of credentials that end before the run must; publishing what was measured takes no time."""
    if plan.launches and len(plan.gone) == len(plan.launches):
        return ()
    minutes = parameters["build_limit"] + parameters["time_limit"]
    if plan.launches and not plan.existing:
        lifetime = boot_times.lifetime(plan.launches, parameters["build_limit"], parameters["time_limit"])
        minutes = lifetime * quota_room.turns([launch for launch in plan.launches if launch.host not in plan.gone])
    now, launches = datetime.now(UTC), bool(plan.launches)
    return credentials_end.warnings(credentials.lifetime(), minutes, now, launches=launches)


def _with_machine(
    plan: Preflight,
    parameters: Values,
    connect: Connect,
    identity: AwsShape,
    begun: resuming.Begun | None,
    check_source: Callable[[Source], tuple[str, ...]],
) -> Preflight:
    """The plan with the instance that the run has or will launch, or with the attempts of one that is gone."""
    ec2 = connect("ec2")
    seed = begun.plan.seed if begun and begun.plan and begun.plan.seed is not None else new_seed()
    plan = replace(plan, endpoint=ec2_endpoint.unless_aws(ec2.meta.endpoint_url), seed=seed)
    (planned,) = plan.measurements
    where = partial(_destination, parameters, connect)
    there: list[AwsShape] = []
    if begun:
        not_shown.check(ec2, begun.directory, lambda: identity["Account"])
        there = resuming.there(ec2, begun.directory)
    if begun and begun.plan and resuming.is_over(begun.directory, there):
        launched = replace(plan, launches=begun.plan.launches)
        return gone_instances.without_instance(begun.directory, launched, planned.suite_digest, connect, where)
    types, warnings = _types(parameters, begun, ec2)
    # What is there costs what it costs.
    ceiling = {} if not there else {"max_price": None}
    launches, of_launches = launch_plans.make({**parameters, **ceiling}, types, planned.suite, connect, seed)
    if begun and there:
        launches = resuming.launched_as(launches, there, begun, parameters)
    else:
        launches = tuple(resuming.as_before(launch, begun) for launch in launches)
    plan = replace(plan, launches=launches)
    if begun:
        launched_before = {one.host for one in resuming.gone(begun.directory, there)}
        plan = replace(plan, gone=tuple(one.host for one in launches if one.host in launched_before))
        plan = gone_instances.of_some(begun.directory, plan, there, connect, where)
    exist = {instances.host_of(instance) for instance in there}
    new = [launch for launch in launches if launch.host not in exist and launch.host not in plan.gone]
    warnings = (*plan.warnings, *warnings, *resuming.time_warnings(there, launches, parameters, datetime.now(UTC)))
    # Nothing could be refused or warned of that is launched already.
    if new:
        run = dry_run.Run(begun.directory.name if begun else _NAMELESS, plan.started, caller.of(identity))
        _check(ec2, run, new, parameters)
        warnings = (*warnings, *of_launches, *check_source(planned.suite.source))
    return replace(plan, existing=tuple(instance["InstanceId"] for instance in there), warnings=warnings)


def _check(ec2: Client, run: dry_run.Run, new: Sequence[LaunchPlan], parameters: Values) -> None:
    """Raises RefusedError if new instances may cost too much, do not fit to be kept, or EC2 would not launch them."""
    lasting = boot_times.lifetimes(new, parameters["build_limit"], parameters["time_limit"])
    launch_price.check_cost(lasting, parameters["max_cost"])
    if parameters["keep"]:
        launch_quota.refuse_waiting(new)
    for launch in {launch.instance_type: launch for launch in new}.values():
        dry_run.check(ec2, run, launch, parameters)


def new_seed() -> int:
    """A seed for what is random in a run."""
    return secrets.randbelow(2**32)


def _types(parameters: Values, begun: resuming.Begun | None, ec2: Client) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The types that a run measures on, and warnings; of one that was planned before, those of then."""
    if parameters["instance_type"]:
        return machines.types(parameters["instance_type"]), ()
    if begun and begun.plan:
        return tuple(dict.fromkeys(launch.instance_type for launch in begun.plan.launches)), ()
    return best_types.choose(parameters, os.environ, ec2)


def _destination(parameters: Values, connect: Connect) -> Destination | None:
    return destination.choose(parameters, connect("s3"), connect("sts").get_caller_identity()["Account"])


def _suite(parameters: Values) -> Suite:
    """The suite with the changes that the parameters request."""
    suite = suites.load(parameters["suite"])
    changes = {key: parameters[key] for key in ("toolchain", "rustflags") if parameters[key] is not None}
    if parameters["ref"]:
        # The number of benchmark ids of another version is not known.
        suite = replace(suite, source=replace(suite.source, ref=parameters["ref"]), expected=None)
    return replace(suite, **changes)
