"""What a run will do, decided and checked against AWS before anything is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.aws import instances
from benchmarks.aws.aws_errors import refusing
from benchmarks.aws.session import Connect
from benchmarks.parameters import suites
from benchmarks.preflight import destination, launch_plan, resuming
from benchmarks.runs import measurement, run_directory

RECORD = "preflight.json"
# What a run is gone on with by.
NEEDED = ("started", "launch")
_NOTHING: Mapping[str, Any] = {
    "started": None,
    "suite": {"name": None, "expected": None},
    "request": None,
    "launch": None,
    "over": [],
    "publish": None,
    "warnings": [],
}


def start_of(earlier: Mapping[str, Any] | None) -> datetime:
    """When the run was first planned: now, unless an earlier plan says so."""
    return datetime.fromisoformat(earlier["started"]) if earlier else datetime.now(UTC).replace(microsecond=0)


def recall(directory: Path) -> Mapping[str, Any]:
    """The plan in a run's directory; one of nothing where it is gone, as for what has to go on to end the run."""
    found = run_directory.recall(directory, RECORD)
    return {**_NOTHING, **(found if isinstance(found, dict) else {})}


def lost(directory: Path) -> list[str]:
    """The sentence for a run whose plan is gone before its end; none where it is there."""
    if recall(directory)["started"]:
        return []
    return [
        f"The records of the run in {directory} were removed or damaged while it ran: what could still be brought back "
        f"is there, and nothing of it is published."
    ]


def make(
    parameters: Mapping[str, Any], connect: Connect, started: datetime, begun: resuming.Begun | None = None
) -> dict[str, Any]:
    """The plan of a run: `suite`, `launch` and `publish` (None where there is none of it), `started` and `warnings`.

    A run that was `begun` before keeps what was launched. Where its instances are gone, `over` are hosts and attempts
    whose measurement of the suite is here.

    AWS is asked only for what needs it: not at all for a machine that the user has, unless a bucket is named.
    Raises RefusedError with the first thing that stands against the run.
    """
    suite = _suite(parameters)
    warnings: list[str] = []
    request = measurement.request_of(suite)
    plan: dict[str, Any] = {
        **_NOTHING,
        "started": started.isoformat(),
        "suite": suite,
        "request": request,
        "warnings": warnings,
    }
    if parameters["host"] and not parameters["bucket"]:
        return plan
    with refusing():
        account = connect("sts").get_caller_identity()["Account"]
        if not parameters["host"]:
            there = instances.alive(connect("ec2"), begun.directory.name) if begun else []
            if begun and begun.plan and resuming.is_over(begun.directory, there):
                plan["over"] = resuming.measured(begun.directory, request)
                plan["launch"] = begun.plan["launch"]
                warnings.append("The run's instance is gone: what it has measured is published without it.")
            else:
                warnings += resuming.time_warnings(there, parameters, datetime.now(UTC))
                planned = launch_plan.plan_launch(parameters, suite, connect, started, warnings)
                plan["launch"] = resuming.launched_as(planned, there, begun, parameters)
        plan["publish"] = destination.plan_publishing(parameters, suite, connect("s3"), account, started)
    return plan


def _suite(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The suite with what the parameters change of it."""
    suite = asdict(suites.load(parameters["suite"]))
    source = {**suite["source"], **({"ref": parameters["ref"]} if parameters["ref"] else {})}
    changes = {key: parameters[key] for key in ("toolchain", "rustflags") if parameters[key] is not None}
    # How many ids another version has is not known.
    expected = None if parameters["ref"] else suite["expected"]
    return {**suite, "source": source, "expected": expected, **changes}
