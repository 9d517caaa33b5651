"""A run's directory: where it is, and whether it can be written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from benchmarks.errors import RefusedError
from benchmarks.paths import ROOT, expand
from benchmarks.runs.run_id import check_id, id_of_this_process

# Log, Criterion's files and their archive of a large suite, with some to spare.
SPACE = 16 * 2**20  # bytes


def check_space(directory: Path) -> None:
    """Raises RefusedError where there is too little room for what a run brings back. The directory has to be there."""
    free = shutil.disk_usage(directory).free
    if free < SPACE:
        raise RefusedError(
            f"The runs directory {directory.parent} has only {free // 1024} KiB left, and a run needs "
            f"{SPACE // 2**20} MiB: free some, or give another by --runs-dir."
        )


def cannot_be_written(directory: Path, error: OSError) -> RefusedError:
    """What to say where the directory of a run cannot be made or written."""
    return RefusedError(
        f"The runs directory {directory.parent} cannot be written: {error.strerror}. Give another by --runs-dir."
    )


def default_directory() -> Path:
    """Where runs live unless they are told otherwise, as it is found without links."""
    return Path(os.path.realpath(ROOT / "runs"))


def locate(values: Mapping[str, object]) -> tuple[str, Path]:
    """Run id and run directory: as `values` give them, else of this process, below the repository's `runs/`.

    The directory is named as it is found without links, so that where `runs/` leads elsewhere users are shown where.
    Processes forked later agree on the id, if this was called before.
    """
    run_id = check_id(str(values.get("run_id") or id_of_this_process()))
    return run_id, Path(os.path.realpath(ROOT / expand("runs_dir", str(values.get("runs_dir") or "runs")))) / run_id
