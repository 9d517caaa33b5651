"""A run's id, its directory and the records that its stages leave there."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock

from benchmarks.errors import FailedError, RefusedError
from benchmarks.paths import ROOT, expand

# No letter or digit that is easily taken for another.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
INSTANCES = "instances.json"
PARAMETERS = "parameters.yml"
_PARAMETERS_BEFORE = ".parameters-before.yml"
# The stages that can be done again without the machine.
OF_BRINGING_BACK = ("publish", "terminate")
# Log, Criterion's files and their archive of a large suite, with some to spare.
SPACE = 16 * 2**20  # bytes
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")


@dataclass(frozen=True)
class Failure:
    """What went wrong on one host of a run, or before there was a host (`host` is localhost)."""

    host: str
    task: str
    sentence: str
    at: str  # UTC, ISO 8601
    stage: str = ""
    attempt: int = 0  # 0 where no attempt has begun

    def is_of(self, host: str, attempt: int) -> bool:
        return self.host == host and self.attempt in (0, attempt)


def new_id(now: datetime) -> str:
    """A run id that sorts by time and does not collide: `20260519-081500-k3f9`."""
    return f"{now:%Y%m%d-%H%M%S}-{''.join(secrets.choice(_ALPHABET) for _ in range(4))}"


def check_id(run_id: str) -> str:
    """`run_id` itself. Raises RefusedError unless it can be a directory's, a tag's and a unit's name."""
    if not _ID.fullmatch(run_id):
        raise RefusedError(
            f"run_id must be 1 to 48 small letters, digits and inner hyphens, such as 20260519-081500-k3f9, "
            f"not {run_id!r}."
        )
    return run_id


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


@cache
def _id_of_this_process() -> str:
    return new_id(datetime.now(UTC))


def default_directory() -> Path:
    """Where runs live unless they are told otherwise, as it is found without links."""
    return Path(os.path.realpath(ROOT / "runs"))


def locate(values: Mapping[str, Any]) -> tuple[str, Path]:
    """Run id and run directory: as `values` give them, else of this process, below the repository's `runs/`.

    The directory is named as it is found without links, so that where `runs/` leads elsewhere users are shown where.
    Processes forked later agree on the id, if this was called before.
    """
    run_id = check_id(str(values.get("run_id") or _id_of_this_process()))
    return run_id, Path(os.path.realpath(ROOT / expand("runs_dir", str(values.get("runs_dir") or "runs")))) / run_id


def group_name(run_id: str) -> str:
    """The name that the dynamic inventory gives to the group of a run's instances."""
    return "run_" + run_id.replace("-", "_")


def record_failure(directory: Path, host: str, task: str, sentence: str, stage: str = "", attempt: int = 0) -> Path:
    """Write one failure record; records sort by the time at which they were written."""
    at = datetime.now(UTC)
    path = directory / "failures" / f"{at:%Y%m%dT%H%M%S.%fZ}-{host}.json"
    record = Failure(host, task, sentence, at.isoformat(timespec="milliseconds"), stage, attempt)
    write_whole(path, json.dumps(asdict(record), indent=2) + "\n")
    return path


def forget_failures(directory: Path, stages: Collection[str] | None = None) -> None:
    """Remove the failure records of a run, or only those of some stages."""
    for path in (directory / "failures").glob("*.json"):
        if stages is None or _failure(path).stage in stages:
            path.unlink()


def failures(directory: Path) -> tuple[Failure, ...]:
    """The failure records of a run, first one first; one that cannot be read is itself a failure."""
    return tuple(_failure(path) for path in sorted((directory / "failures").glob("*.json")))


def _failure(path: Path) -> Failure:
    try:
        return Failure(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return Failure("localhost", "", f"Something failed, but the record {path} of it is damaged.", "")


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


def read_parameters(directory: Path) -> dict[str, Any]:
    """The parameters that a run was begun with. Raises FailedError where they are gone or damaged."""
    path = directory / PARAMETERS
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise FailedError(f"{path} cannot be read: {error}") from None
    if not isinstance(content, dict):
        raise FailedError(f"{path} has no parameters.")
    return content


def freeze_parameters(directory: Path, text: str) -> bool:
    """Write the parameters of a request, beside those of the one before; whether that changed anything. Raises OSError.

    What is refused later gives its place back: `settle_parameters`.
    """
    path, before = directory / PARAMETERS, directory / _PARAMETERS_BEFORE
    if path.exists() and not before.exists():
        shutil.copyfile(path, before)
    return write_whole(path, text)


def settle_parameters(directory: Path, accepted: bool) -> None:
    """Keep the parameters that were frozen last, or go back to those of the request before. Raises OSError."""
    before = directory / _PARAMETERS_BEFORE
    if before.exists():
        if accepted:
            before.unlink()
        else:
            before.replace(directory / PARAMETERS)


def recall(directory: Path, name: str, needed: Collection[str] = ()) -> Any:
    """The content of a JSON record, None where there is none or it is damaged: for what has to go on without it."""
    try:
        return read_record(directory, name, needed)
    except FailedError:
        return None


def write_whole(path: Path, text: str) -> bool:
    """Write a file so that it is never half there, its directory too; whether that changed anything. Raises OSError."""
    content = text.encode()
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    # Of this process alone: another may write the same record.
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return True


def write_record(directory: Path, name: str, content: Any) -> bool:
    """Write one of a run's JSON records; whether that changed anything. Raises OSError."""
    return write_whole(directory / name, json.dumps(content, indent=2) + "\n")


def add_to_record(directory: Path, name: str, entries: Mapping[str, Any]) -> None:
    """Write entries into one of a run's JSON records, which keeps the others that it has. Raises OSError."""
    with FileLock(directory / f".{name}.lock", timeout=10):
        write_record(directory, name, {**(recall(directory, name) or {}), **entries})
