"""Filters for the records of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.launch import kept, left
from benchmarks.playbook import uncollected
from benchmarks.readers import host_readings
from benchmarks.results import host_ends, host_uploads
from benchmarks.runs import failures, host_outcomes, planned_hosts, record_files, run_layout, run_over
from benchmarks.runs.records import Preflight


def run_failures(directory: str, host: str | None = None, attempt: int | None = None) -> list[str]:
    """The sentences of a run's failures, oldest first; only those of one attempt on `host`, if given."""
    found = failures.failures(Path(directory))
    return [f.sentence for f in found if host is None or f.is_of(host, int(attempt or 0))]


def shortfall(directory: str, expected: int | None) -> str:
    """What is missing from an attempt's results, as a sentence; empty if they are complete."""
    return host_readings.shortfall(host_readings.of_host(Path(directory)), expected)


def host_directory(directory: str, host: str) -> str:
    return str(run_layout.host(Path(directory), host))


def failure_of_run(directory: str, recorded: list[str]) -> str:
    """Of several hosts, how many have failed, and why; else the first line of the first recorded failure."""
    path = Path(directory)
    told = run_over.failure(path) if len(host_outcomes.of_run(path)) > 1 else ""
    # The details were shown when it happened.
    return told or recorded[0].partition("\n")[0]


def host_name(directory: str, host: str) -> str:
    return planned_hosts.name(Path(directory), host)


def host_address(directory: str, host: str) -> str:
    return planned_hosts.address(Path(directory), host)


def is_given_up(directory: str, instance: str) -> bool:
    return kept.is_given_up(Path(directory), instance)


def may_leave(directory: str) -> bool:
    return kept.may_leave(Path(directory))


def hosts_left(directory: str, in_inventory: list[str]) -> list[str]:
    """Those of the hosts in the inventory that were left measuring, as records name them."""
    names = {planned_hosts.name(Path(directory), host) for host in in_inventory}
    return [host for host in left.hosts(Path(directory)) if host in names]


def hosts_left_out(directory: str, in_inventory: list[str], limited: list[str]) -> list[str]:
    """Those of the run's hosts in the inventory that a limit leaves out, as records name them."""
    return [planned_hosts.name(Path(directory), host) for host in left.left_out(in_inventory, limited)]


def hosts_untouched(directory: str, region: str | None, names: list[str]) -> str:
    return left.untouched(Path(directory), region, names)


def hosts_waiting(directory: str) -> list[str]:
    return list(run_over.still_to_launch(Path(directory)))


def hosts_unrecorded(directory: str, existing: list[str]) -> list[str]:
    return list(planned_hosts.unrecorded(Path(directory), existing))


def way_back(directory: str, region: str | None) -> str:
    return uncollected.way_back(Path(directory), region)


def is_uncollected(directory: str, host: str, attempt: int) -> bool:
    return uncollected.is_there(Path(directory), host, int(attempt))


def host_upload(directory: str, host: str, attempt: int, keep: bool) -> dict[str, Any] | None:
    plan = record_files.recall(Preflight, Path(directory))
    return host_uploads.of_attempt(Path(directory), host, int(attempt), plan, bool(keep)) if plan else None


def host_end(directory: str, limits: dict[str, Any]) -> str:
    """Why the attempt in a directory did not end well, as its instance says that has uploaded it; empty if it did."""
    return host_ends.of_fetched(Path(directory), limits)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "failure_of_run": failure_of_run,
            "host_address": host_address,
            "host_directory": host_directory,
            "host_name": host_name,
            "hosts_left": hosts_left,
            "hosts_left_out": hosts_left_out,
            "hosts_unrecorded": hosts_unrecorded,
            "hosts_untouched": hosts_untouched,
            "hosts_waiting": hosts_waiting,
            "host_end": host_end,
            "host_upload": host_upload,
            "is_given_up": is_given_up,
            "is_uncollected": is_uncollected,
            "may_leave": may_leave,
            "run_failures": run_failures,
            "shortfall": shortfall,
            "way_back": way_back,
        }
