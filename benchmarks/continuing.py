"""Going on with a run that was begun before: on its machine where that is there, else with what was brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import attempts, identity, launching, packing, remaining, runs
from benchmarks.errors import RefusedError

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
    record = runs.read_record(directory, launching.RECORD, launching.NAMES) or {"instances": []}
    return record["instances"]  # type: ignore[no-any-return]


def measured_hosts(directory: Path, suite: Mapping[str, Any]) -> list[str]:
    """The hosts of a run that is over whose measurement of `suite` is here.

    Raises RefusedError where there is none: what is not here cannot be measured any more.
    """
    hosts = [instance["instance_id"] for instance in _launched(directory)]
    found = [host for host in hosts if _has_measured(directory / host, suite)]
    if not found:
        raise RefusedError(
            f"The run {directory.name} has ended, and its instance with it: leave run_id out to start a new run."
        )
    return found


def _has_measured(host_directory: Path, suite: Mapping[str, Any]) -> bool:
    record = runs.recall(host_directory, attempts.RECORD, ["number"]) or {}
    measured = record.get("measurement")
    if not measured or not (host_directory / str(record["number"]) / "benchmark.log").exists():
        return False
    source = suite["source"]
    packed = {"sha256": packing.digest(packing.pack(Path(source["path"])))} if "path" in source else {}
    asked = {"suite": attempts.of_suite(suite), "source": {**source, **packed}}
    return attempts.digest(asked) == attempts.digest({name: measured[name] for name in asked})


def launched_as(
    planned: Mapping[str, Any], there: Sequence[Instance], begun: Begun | None, ami: str | None
) -> dict[str, Any]:
    """The plan of a launch, as it describes the instances that the run has already.

    Raises RefusedError where they are others than planned: what is measured on one machine is never told of another.
    And where their keys are not here, as in another runs directory: nobody could log in, and whoever has the keys may
    be measuring.
    """
    if not (begun and there):
        return dict(planned)
    for instance in there:
        options = {"CoreCount": planned["cores"], "ThreadsPerCore": planned["threads_per_core"]}
        options |= instance.get("CpuOptions") or {}
        values = {
            "instance_type": (instance["InstanceType"], planned["instance_type"]),
            "cores": (options["CoreCount"], planned["cores"]),
            "threads per core": (options["ThreadsPerCore"], planned["threads_per_core"]),
            "ami": (instance["ImageId"], ami or instance["ImageId"]),
        }
        identity.refuse_differences(begun.directory.name, values)
    if not launching.has_keys(begun.directory):
        ids = ", ".join(instance["InstanceId"] for instance in there)
        raise RefusedError(
            f"The run {begun.directory.name} has {ids}, whose keys are not in {begun.directory}: give the runs "
            f"directory that it was begun in by --runs-dir, or leave run_id out to start a new run. To end it: "
            + remaining.end(begun.directory.name, planned["region"], begun.directory)
        )
    launched = begun.plan["launch"] if begun.plan else None
    return dict(launched or {**planned, "image": {"id": there[0]["ImageId"], "name": None}})
