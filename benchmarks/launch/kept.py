"""Which instances a run may keep: those that somebody can log in to, and that were seen to switch themselves off.

The records in the run's directory tell, which is where the keys are: an instance that exists before a run is planned is
refused where they are not. Without that directory nothing is known, and nothing is given up.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.launch import remaining
from benchmarks.runs import failures, record_files, run_layout
from benchmarks.runs.records import Instances, Ready, Toolchain


def why_not(directory: Path, instance_id: str) -> str:
    """Why an instance must not be kept, as a sentence; empty if it may be."""
    ready = record_files.recall(Ready, run_layout.host(directory, instance_id))
    if ready and not ready.timer:
        return f"{instance_id} is not kept, since it does not switch itself off and would cost money for ever."
    if ready or not directory.is_dir() or _was_used(directory, instance_id):
        return ""
    return (
        f"{instance_id} is not kept, since this run has never reached it over SSH: nobody could log in there, and "
        "nobody has seen that it switches itself off."
    )


def _was_used(directory: Path, instance_id: str) -> bool:
    """Whether something was installed on an instance, which runs of earlier versions have no other record of."""
    return any(run_layout.host(directory, instance_id).rglob(Toolchain.FILE))


def is_given_up(directory: Path, instance_id: str) -> bool:
    """Whether the run has failed on an instance that must not be kept.

    It may be that it was only launched, and that a later call uses it; then it has not failed.
    """
    failed = any(failure.host == instance_id for failure in failures.failures(directory))
    return failed and bool(why_not(directory, instance_id))


def may_leave(directory: Path) -> bool:
    """Whether a run may have instances that must not be kept: also such as are not in its records."""
    if record_files.recall(Instances, directory) is None:
        return True
    return any(why_not(directory, instance.instance_id) for instance in remaining.not_ended(directory))
