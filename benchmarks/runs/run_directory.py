"""The location of a run's directory, and checks that it can be written."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from benchmarks import hints
from benchmarks.errors import FailedError, RefusedError
from benchmarks.paths import ROOT, expand
from benchmarks.runs import named_run
from benchmarks.runs.run_id import check_id, id_of_this_process

# Enough for the log, Criterion's files and the archive of a large suite, with a margin.
SPACE = 16 * 2**20  # bytes


def check_space(directory: Path) -> None:
    """Raises RefusedError if there is too little space for a run's results. The directory must exist."""
    free = shutil.disk_usage(directory).free
    if free < SPACE:
        raise RefusedError(
            f"The runs directory {directory.parent} has only {free // 1024} KiB left, and a run needs "
            f"{SPACE // 2**20} MiB: free some, or give another by --runs-dir."
        )


def cannot_be_written(directory: Path, error: OSError) -> RefusedError:
    """The error for a run's directory that cannot be created or written."""
    return RefusedError(
        f"The runs directory {directory.parent} cannot be written: {error.strerror}. Give another by --runs-dir."
    )


def write_failed(error: OSError) -> FailedError:
    """The error for a file of a run's directory that cannot be written while the run is under way."""
    where = f"{error.filename} in the run's directory" if error.filename else "The run's directory"
    return FailedError(f"{where} cannot be written: {error.strerror or error}. Make room there, or check its rights.")


def continue_command(directory: Path) -> str:
    """The command that continues a run, to which the user adds the run's other parameters."""
    words = f"bench --run-id {directory.name}"
    if directory.parent != default_directory():
        words += f" --runs-dir {shlex.quote(str(directory.parent))}"
    return hints.command_line(words)


def default_directory() -> Path:
    """The default runs directory, with symbolic links resolved."""
    return Path(os.path.realpath(ROOT / "runs"))


def locate(values: Mapping[str, object]) -> tuple[str, Path]:
    """The run id and the run directory given in `values`; the defaults are a new id and the repository's `runs/`.

    A `run` is looked for in the directory of runs, as named_run does; without one, it is taken for the id of a run that
    was started elsewhere. Symbolic links are resolved, so that users see where `runs/` really is. The new id is
    generated once per process; processes forked after the first call share it.
    Raises RefusedError for an invalid id, and for a `run` that may be several.
    """
    runs_dir = locate_runs(values.get("runs_dir"))
    named = values.get("run")
    found = values.get("run_id") or (named_run.find(runs_dir, str(named), elsewhere=True) if named else None)
    run_id = check_id(str(found or id_of_this_process()))
    return run_id, runs_dir / run_id


def locate_runs(given: object) -> Path:
    """The runs directory given, else the repository's, with symbolic links resolved."""
    return Path(os.path.realpath(ROOT / expand("runs_dir", str(given or "runs"))))
