"""Plans a run and checks the plan against AWS, before anything is started."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from benchmarks.aws import caller, credentials, ec2_endpoint, instances
from benchmarks.aws.opt_in_regions import refusing_in
from benchmarks.aws.session import Connect
from benchmarks.errors import RefusedError
from benchmarks.launch import boot_times
from benchmarks.parameters import suites
from benchmarks.preflight import credentials_end, destination, dry_run, launch_plan, launch_price, resuming
from benchmarks.results import fetching, result_keys
from benchmarks.runs import measurement, record_files
from benchmarks.runs.records import PlannedMeasurement, Preflight, Source, Suite, Values

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
            plan = _with_machine(plan, parameters, connect, caller.of(identity), begun, check_source)
        return replace(
            plan,
            warnings=(*plan.warnings, *_ending(plan, parameters)),
            destination=destination.choose(parameters, connect("s3"), identity["Account"]),
        )


def _ending(plan: Preflight, parameters: Values) -> tuple[str, ...]:
    """Warnings of credentials that end before the run must; publishing what was measured takes no time."""
    if plan.measured:
        return ()
    minutes = parameters["build_limit"] + parameters["time_limit"]
    if plan.launches and not plan.existing:
        minutes = boot_times.lifetime(plan.launches, parameters["build_limit"], parameters["time_limit"])
    now, launches = datetime.now(UTC), bool(plan.launches)
    return credentials_end.warnings(credentials.lifetime(), minutes, now, launches=launches)


def _with_machine(
    plan: Preflight,
    parameters: Values,
    connect: Connect,
    owner: str,
    begun: resuming.Begun | None,
    check_source: Callable[[Source], tuple[str, ...]],
) -> Preflight:
    """The plan with the instance that the run has or will launch, or with the attempts of one that is gone."""
    ec2 = connect("ec2")
    plan = replace(plan, endpoint=ec2_endpoint.unless_aws(ec2.meta.endpoint_url))
    (planned,) = plan.measurements
    there = instances.alive(ec2, begun.directory.name) if begun else []
    if begun and begun.plan and resuming.is_over(begun.directory, there):
        is_uploaded = partial(_is_uploaded, parameters, connect, begun.directory, begun.plan)
        return replace(
            plan,
            launches=begun.plan.launches,
            measured=resuming.measured(begun.directory, planned.suite_digest, is_uploaded),
            warnings=("The run's instance is gone: what it has measured is published without it.",),
        )
    if there:
        # What is there costs what it costs, and nothing is launched that could be refused or warned of.
        wanted, _ = launch_plan.make({**parameters, "max_price": None}, planned.suite, connect)
        return replace(
            plan,
            launches=(resuming.launched_as(wanted, there, begun, parameters),),
            existing=tuple(instance["InstanceId"] for instance in there),
            warnings=tuple(resuming.time_warnings(there, wanted, parameters, datetime.now(UTC))),
        )
    launch, warnings = launch_plan.make(parameters, planned.suite, connect)
    launch = resuming.as_before(launch, begun)
    minutes = boot_times.lifetime([launch], parameters["build_limit"], parameters["time_limit"])
    launch_price.check_cost(launch, minutes, parameters["max_cost"])
    run = dry_run.Run(begun.directory.name if begun else _NAMELESS, plan.started, owner)
    dry_run.check(ec2, run, launch, parameters)
    return replace(plan, launches=(launch,), warnings=(*warnings, *check_source(planned.suite.source)))


def _is_uploaded(
    parameters: Values, connect: Connect, directory: Path, plan: Preflight, host: str, attempt: int
) -> bool:
    """Whether S3 has the log of an attempt whose instance is gone."""
    s3, account = connect("s3"), connect("sts").get_caller_identity()["Account"]
    return fetching.is_uploaded(s3, destination.choose(parameters, s3, account), directory, host, attempt, plan)


def _suite(parameters: Values) -> Suite:
    """The suite with the changes that the parameters request."""
    suite = suites.load(parameters["suite"])
    changes = {key: parameters[key] for key in ("toolchain", "rustflags") if parameters[key] is not None}
    if parameters["ref"]:
        # The number of benchmark ids of another version is not known.
        suite = replace(suite, source=replace(suite.source, ref=parameters["ref"]), expected=None)
    return replace(suite, **changes)
