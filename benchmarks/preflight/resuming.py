"""Going on with a run that was begun before: on its machine where that is there, else with what was brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.aws import tags
from benchmarks.errors import RefusedError
from benchmarks.launch import remaining, run_instances
from benchmarks.runs import attempts, machine, run_directory, ssh_keys

Instance = Mapping[str, Any]  # as DescribeInstances shows it


@dataclass(frozen=True)
class Begun:
    """A run's directory, and the plan of when it was begun before, None for a new one."""

    directory: Path
    plan: Mapping[str, Any] | None


def is_over(directory: Path, there: Sequence[Instance]) -> bool:
    """Whether the run has launched instances, and none is left.

    Raises FailedError where none is left and the record of them is damaged: it may have launched some.
    """
    return not there and bool(_launched(directory))


def _launched(directory: Path) -> Sequence[Mapping[str, Any]]:
    record = run_directory.read_record(directory, run_instances.RECORD, run_instances.NAMES) or {"instances": []}
    return record["instances"]  # type: ignore[no-any-return]


def measured(directory: Path, request: str) -> list[dict[str, Any]]:
    """The newest attempt of each host of a run that is over at what was asked for, as `{host, attempt}`.

    Raises RefusedError where none is here: it cannot be measured any more.
    """
    hosts = [str(instance["instance_id"]) for instance in _launched(directory)]
    found = [{"host": host, "attempt": n} for host in hosts if (n := _measured(directory / host, request))]
    if not found:
        raise RefusedError(
            f"The run {directory.name} has ended, and its instance with it: leave run_id out to start a new run."
        )
    return found


def _measured(host_directory: Path, request: str) -> int | None:
    """The number of a host's newest attempt at a request of which there is a log."""
    records = [attempts.read(host_directory, number) for number in attempts.here(host_directory)]
    numbers = [record.number for record in records if record and record.request == request]
    return max((n for n in numbers if (host_directory / str(n) / "benchmark.log").exists()), default=None)


def launched_as(
    planned: Mapping[str, Any], there: Sequence[Instance], begun: Begun | None, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """The plan of a launch, as it describes the instances that the run has already.

    Raises RefusedError where they are others than planned: what is measured on one machine is never told of another.
    And where their keys are not here, as in another runs directory: nobody could log in, and whoever has the keys may
    be measuring.
    """
    if not (begun and there):
        return dict(planned)
    for instance in there:
        machine.refuse_differences(begun.directory.name, _differences(instance, planned, parameters))
    if not ssh_keys.has_keys(begun.directory):
        ids = ", ".join(instance["InstanceId"] for instance in there)
        raise RefusedError(
            f"The run {begun.directory.name} has {ids}, whose keys are not in {begun.directory}: give the runs "
            f"directory that it was begun in by --runs-dir, or leave run_id out to start a new run. To end it: "
            + remaining.end_command(begun.directory.name, planned["region"], begun.directory)
        )
    launched = begun.plan["launch"] if begun.plan else None
    return dict(launched or {**planned, "image": {"id": there[0]["ImageId"], "name": None}})


def time_warnings(there: Sequence[Instance], parameters: Mapping[str, Any], now: datetime) -> list[str]:
    """What to say of instances that switch themselves off before the limits of what is asked for are over."""
    needed = now + timedelta(minutes=parameters["build_limit"] + parameters["time_limit"])
    ends = {instance["InstanceId"]: remaining.end_of(instance) for instance in there}
    return [
        f"{instance_id} switches itself off at {end:%H:%M UTC}, before build_limit and time_limit are over: what is "
        f"not measured by then is lost."
        for instance_id, end in ends.items()
        if end and end < needed
    ]


def _differences(
    instance: Instance, planned: Mapping[str, Any], parameters: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """What an instance is, and what is asked for, where the request says so."""
    options = {"CoreCount": planned["cores"], "ThreadsPerCore": planned["threads_per_core"]}
    options |= instance.get("CpuOptions") or {}
    template = planned["launch_template"]["id"]
    return {
        "instance_type": (instance["InstanceType"], planned["instance_type"]),
        "cores": (options["CoreCount"], planned["cores"]),
        "threads per core": (options["ThreadsPerCore"], planned["threads_per_core"]),
        "ami": (instance["ImageId"], parameters["ami"] or instance["ImageId"]),
        "subnet": (instance.get("SubnetId"), parameters["subnet"] or instance.get("SubnetId")),
        "launch_template": (tags.of(instance).get(tags.LAUNCH_TEMPLATE, template), template),
    }
