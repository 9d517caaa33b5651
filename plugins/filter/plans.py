"""Filters for the plan that preflight made and the times that follow from it; a missing or damaged one is no error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.launch import boot_times
from benchmarks.preflight import run_plan
from benchmarks.runs import planned_hosts, record_files
from benchmarks.runs.records import Instances, LaunchPlan, Preflight

# Used instead of a missing plan, so that the run can still be brought to its end.
_NOTHING: dict[str, Any] = {
    "started": None,
    "measurements": [],
    "launches": [],
    "destination": None,
    "measured": [],
    "existing": [],
    "gone": [],
    "warnings": [],
}


def preflight_record(directory: str) -> Any:
    record = record_files.recall(Preflight, Path(directory))
    return record_files.plain(record) if record else _NOTHING


def lost_records(directory: str) -> list[str]:
    """What to report at the end of a run whose records are gone, which makes it a failure; empty otherwise."""
    return run_plan.lost(Path(directory))


def host_instance_type(directory: str, host: str) -> str:
    """The instance type of a host; empty if it is none of EC2, or not known."""
    launch = _launch(directory, host)
    return launch.instance_type if launch else ""


def host_connect_timeout(directory: str, host: str) -> int:
    launch = _launch(directory, host)
    return boot_times.connect_timeout([launch] if launch else [])


def _launch(directory: str, host: str) -> LaunchPlan | None:
    """The plan that a host was launched by, by its name in records."""
    run_dir = Path(directory)
    plan, launched = record_files.recall(Preflight, run_dir), record_files.recall(Instances, run_dir)
    return planned_hosts.launch(plan, launched, host) if plan else None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "preflight_record": preflight_record,
            "lost_records": lost_records,
            "host_connect_timeout": host_connect_timeout,
            "host_instance_type": host_instance_type,
        }
