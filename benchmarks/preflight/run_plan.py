"""What a run will do, decided and checked against AWS before anything is started."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from benchmarks.aws import instances
from benchmarks.aws.aws_errors import refusing
from benchmarks.aws.session import AwsShape, Connect
from benchmarks.parameters import suites
from benchmarks.preflight import destination, launch_plan, resuming
from benchmarks.runs import measurement, record_files
from benchmarks.runs.records import HostAttempt, LaunchPlan, PlannedMeasurement, Preflight, Suite, Values


def start_of(earlier: Preflight | None) -> datetime:
    """When the run was first planned: now, unless an earlier plan says so."""
    return earlier.started if earlier else datetime.now(UTC).replace(microsecond=0)


def lost(directory: Path) -> list[str]:
    """The sentence for a run whose plan is gone before its end; none where it is there."""
    if record_files.recall(Preflight, directory):
        return []
    return [
        f"The records of the run in {directory} were removed or damaged while it ran: what could still be brought back "
        f"is there, and nothing of it is published."
    ]


def make(parameters: Values, connect: Connect, started: datetime, begun: resuming.Begun | None = None) -> Preflight:
    """The plan of a run. One that was `begun` before keeps what was launched.

    AWS is asked only for what needs it: not at all for a machine that the user has, unless a bucket is named.
    Raises RefusedError with the first thing that stands against the run.
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
    with refusing():
        account = connect("sts").get_caller_identity()["Account"]
        machine = _Machine()
        if not parameters["host"]:
            there = instances.alive(connect("ec2"), begun.directory.name) if begun else []
            machine = _machine(parameters, suite, digest, connect, there, begun)
        return replace(
            plan,
            launches=machine.launches,
            measured=machine.measured,
            warnings=machine.warnings,
            destination=destination.choose(parameters, connect("s3"), account),
        )


@dataclass(frozen=True)
class _Machine:
    """What a run has, or will have, to measure on."""

    launches: tuple[LaunchPlan, ...] = ()
    measured: tuple[HostAttempt, ...] = ()
    warnings: tuple[str, ...] = ()


def _machine(
    parameters: Values,
    suite: Suite,
    digest: str,
    connect: Connect,
    there: list[AwsShape],
    begun: resuming.Begun | None,
) -> _Machine:
    if begun and begun.plan and resuming.is_over(begun.directory, there):
        over = "The run's instance is gone: what it has measured is published without it."
        return _Machine(begun.plan.launches, resuming.measured(begun.directory, digest), (over,))
    late = resuming.time_warnings(there, parameters, datetime.now(UTC))
    planned, warnings = launch_plan.make(parameters, suite, connect)
    launch = resuming.launched_as(planned, there, begun, parameters)
    return _Machine(launches=(launch,), warnings=(*late, *warnings))


def _suite(parameters: Values) -> Suite:
    """The suite with what the parameters change of it."""
    suite = suites.load(parameters["suite"])
    changes = {key: parameters[key] for key in ("toolchain", "rustflags") if parameters[key] is not None}
    if parameters["ref"]:
        # How many ids another version has is not known.
        suite = replace(suite, source=replace(suite.source, ref=parameters["ref"]), expected=None)
    return replace(suite, **changes)
