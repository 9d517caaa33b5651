"""The folders in S3 of a run that launches and of its attempts, from its plan."""

from __future__ import annotations

from pathlib import Path

from benchmarks.results import publishing
from benchmarks.results.result_keys import AttemptFolder, RunFolder
from benchmarks.runs.records import Preflight


def planned(run_id: str, plan: Preflight) -> tuple[RunFolder, ...]:
    """The folders of what a run is to measure next, one for each type; none for a machine of the user's own.

    How many cores such a machine has, which is part of the folder's name, is known only from its toolchain's record.
    """
    suite = plan.measurements[0].suite
    every = (
        RunFolder(suite.name, plan.started, launch.instance_type, launch.cores, suite.source.ref, run_id)
        for launch in plan.launches
    )
    return tuple(dict.fromkeys(every))


def key_of_attempt(run_dir: Path, host: str, attempt: int, plan: Preflight, copy: int = 1) -> str:
    """The key of an attempt's own folder."""
    return f"{publishing.run_folder(run_dir, host, attempt, plan).key}{AttemptFolder(host, attempt, copy).key}"
