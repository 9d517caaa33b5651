"""What was measured on a host that answers no more when it is to be collected, though EC2 still has the host."""

from __future__ import annotations

from pathlib import Path

from benchmarks.host import ssh_failures
from benchmarks.launch import left
from benchmarks.results import fetching, host_files
from benchmarks.runs import failures, record_files, run_layout
from benchmarks.runs.records import Build, HostManifest

STAGE = "collect"


def is_there(directory: Path, host: str, attempt: int) -> bool:
    """Whether the results of an attempt may be on its host alone: it was built, and could not be collected over SSH.

    They are not if all is here that the host has uploaded. If the host is gone, its failure has EC2's reason instead.
    """
    here = run_layout.attempt(run_layout.host(directory, host), attempt)
    found = (f for f in failures.failures(directory) if f.stage == STAGE and f.is_of(host, attempt))
    lost = any(ssh_failures.UNANSWERED in failure.sentence for failure in found)
    return lost and (here / Build.FILE).exists() and not _is_fetched(here)


def _is_fetched(directory: Path) -> bool:
    manifest = record_files.recall(HostManifest, directory)
    return bool(manifest and not host_files.missing(manifest) and not fetching.lacking(directory, manifest))


def way_back(directory: Path, region: str | None) -> str:
    """What a user is told of a run that is left, as lines: whether it measures, or its results wait to be collected."""
    told = left.of_records(directory, region)
    waiting = {failure.host for failure in failures.failures(directory) if failure.stage == STAGE}
    if waiting.isdisjoint(left.hosts(directory)):
        return told
    _, _, rest = told.partition("\n")
    return f"What the run {directory.name} has measured is on its instance alone, which is left running.\n{rest}"
