"""A run's id, its directory and the records that its stages leave there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from benchmarks.errors import FailedError, RefusedError
from benchmarks.paths import ROOT, expand
from benchmarks.runs import files
from benchmarks.runs.run_id import check_id, id_of_this_process

INSTANCES = "instances.json"
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


def locate(values: Mapping[str, Any]) -> tuple[str, Path]:
    """Run id and run directory: as `values` give them, else of this process, below the repository's `runs/`.

    The directory is named as it is found without links, so that where `runs/` leads elsewhere users are shown where.
    Processes forked later agree on the id, if this was called before.
    """
    run_id = check_id(str(values.get("run_id") or id_of_this_process()))
    return run_id, Path(os.path.realpath(ROOT / expand("runs_dir", str(values.get("runs_dir") or "runs")))) / run_id


def read_record(directory: Path, name: str, needed: Collection[str] = ()) -> Any:
    """The content of one of a run's JSON records, None where the stage has not written it.

    Raises FailedError where it is damaged: every record is an object, and has the `needed` names.
    """
    path = directory / name
    try:
        content = json.loads(path.read_text())
        _check_names(content, needed)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise FailedError(
            f"{path} cannot be read ({error}): remove it, or leave run_id out to start a new run."
        ) from None
    return content


def _check_names(content: object, needed: Collection[str]) -> None:
    if not isinstance(content, dict):
        raise ValueError("it is no JSON object")
    if lacking := sorted(set(needed) - content.keys()):
        raise ValueError(f"it lacks {', '.join(lacking)}")


def recall(directory: Path, name: str, needed: Collection[str] = ()) -> Any:
    """The content of a JSON record, None where there is none or it is damaged: for what has to go on without it."""
    try:
        return read_record(directory, name, needed)
    except FailedError:
        return None


def write_record(directory: Path, name: str, content: Any) -> bool:
    """Write one of a run's JSON records; whether that changed anything. Raises OSError."""
    return files.write_whole(directory / name, json.dumps(content, indent=2) + "\n")


def add_to_record(directory: Path, name: str, entries: Mapping[str, Any]) -> None:
    """Write entries into one of a run's JSON records, which keeps the others that it has. Raises OSError."""
    with FileLock(directory / f".{name}.lock", timeout=10):
        write_record(directory, name, {**(recall(directory, name) or {}), **entries})
