"""The folder in S3 of a run, from its plan and its records."""

from __future__ import annotations

from pathlib import Path

from benchmarks.results import manifest
from benchmarks.results.result_keys import AttemptFolder, RunFolder
from benchmarks.runs import record_files, run_layout
from benchmarks.runs.records import LaunchPlan, Preflight, Suite, Toolchain


def planned(run_id: str, plan: Preflight) -> RunFolder | None:
    """The folder of what a run is to measure next; None for a machine of the user's own.

    How many cores such a machine has, which is part of the folder's name, is known only from its toolchain's record.
    """
    return _of_launch(run_id, plan, plan.launch, plan.measurements[0].suite) if plan.launch else None


def of_attempt(run_dir: Path, host: str, attempt: int, plan: Preflight) -> RunFolder:
    """The folder of a run that an attempt's own folder is in."""
    host_directory = run_layout.host(run_dir, host)
    suite = manifest.suite_of(host_directory, attempt, plan)
    if plan.launch:
        return _of_launch(run_dir.name, plan, plan.launch, suite)
    toolchain = record_files.recall(Toolchain, run_layout.attempt(host_directory, attempt))
    cores = toolchain.host.cpus_usable if toolchain else 0
    return RunFolder(suite.name, plan.started, f"host-{host}", cores, suite.source.ref, run_dir.name)


def key_of_attempt(run_dir: Path, host: str, attempt: int, plan: Preflight, copy: int = 1) -> str:
    """The key of an attempt's own folder."""
    return f"{of_attempt(run_dir, host, attempt, plan).key}{AttemptFolder(host, attempt, copy).key}"


def _of_launch(run_id: str, plan: Preflight, launch: LaunchPlan, suite: Suite) -> RunFolder:
    return RunFolder(suite.name, plan.started, launch.instance_type, launch.cores, suite.source.ref, run_id)
