"""What a run's records said before it was planned again: restored if its hosts, asked next, refuse the new plan.

Preflight plans before it asks the hosts, whose answer depends on the plan. Until all of them have answered, the request
may still be refused, and nothing of the run has been changed then.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.runs import files, parameters_file, run_layout
from benchmarks.runs.records import Preflight

_COPY = ".before-plan"


def keep(directory: Path) -> None:
    """Copy what a plan replaces and removes: parameters, plan and failures. Raises OSError."""
    copy, part = directory / _COPY, directory / f"{_COPY}.part"
    drop(directory)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    if (parameters := parameters_file.before(directory)) is not None:
        (part / parameters_file.PARAMETERS).write_bytes(parameters)
    if (directory / Preflight.FILE).exists():
        shutil.copy2(directory / Preflight.FILE, part)
    if (directory / run_layout.FAILURES).is_dir():
        shutil.copytree(directory / run_layout.FAILURES, part / run_layout.FAILURES)
    # At once, so that a part of it is never restored.
    part.rename(copy)


def restore(directory: Path) -> None:
    """Restore what `keep` has copied, if it has. Of several hosts, each that refuses may call this. Raises OSError."""
    copy = directory / _COPY
    if not copy.is_dir():
        return
    for name in (parameters_file.PARAMETERS, Preflight.FILE):
        if (copy / name).exists():
            files.write_whole(directory / name, (copy / name).read_bytes())
        else:
            (directory / name).unlink(missing_ok=True)
    for path in (copy / run_layout.FAILURES).glob("*.json"):
        files.write_whole(directory / run_layout.FAILURES / path.name, path.read_bytes())


def drop(directory: Path) -> None:
    """Forget what `keep` has copied, as when a new request begins."""
    shutil.rmtree(directory / _COPY, ignore_errors=True)
