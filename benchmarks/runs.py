"""A run's id, its directory and the records that its stages leave there."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.errors import RefusedError
from benchmarks.interface import ROOT, expand

# No letter or digit that is easily taken for another.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")


@dataclass(frozen=True)
class Failure:
    """What went wrong on one host of a run, or before there was a host (`host` is localhost)."""

    host: str
    task: str
    sentence: str
    at: str  # UTC, ISO 8601


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


def cannot_be_written(directory: Path, error: OSError) -> RefusedError:
    """What to say where the directory of a run cannot be made or written."""
    return RefusedError(
        f"The runs directory {directory.parent} cannot be written: {error.strerror}. Give another by --runs-dir."
    )


@cache
def _id_of_this_process() -> str:
    return new_id(datetime.now(UTC))


def locate(values: Mapping[str, Any]) -> tuple[str, Path]:
    """Run id and run directory: as `values` give them, else of this process, below the repository's `runs/`.

    The directory is named as it is found without links, so that where `runs/` leads elsewhere users are shown where.
    Processes forked later agree on the id, if this was called before.
    """
    run_id = check_id(str(values.get("run_id") or _id_of_this_process()))
    return run_id, Path(os.path.realpath(ROOT / expand("runs_dir", str(values.get("runs_dir") or "runs")))) / run_id


def parameters_file(playbook: str) -> str:
    """Where a playbook's parameters are frozen in the run's directory; ending a run leaves those it was made with."""
    return "terminate-parameters.yml" if playbook == "terminate" else "parameters.yml"


def group_name(run_id: str) -> str:
    """The name that the dynamic inventory gives to the group of a run's instances."""
    return "run_" + run_id.replace("-", "_")


def record_failure(directory: Path, host: str, task: str, sentence: str) -> Path:
    """Write one failure record; records sort by the time at which they were written."""
    at = datetime.now(UTC)
    path = directory / "failures" / f"{at:%Y%m%dT%H%M%S.%fZ}-{host}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    record = Failure(host, task, sentence, at.isoformat(timespec="milliseconds"))
    path.write_text(json.dumps(asdict(record), indent=2) + "\n")
    return path


def failures(directory: Path) -> tuple[Failure, ...]:
    """The failure records of a run, first one first."""
    return tuple(Failure(**json.loads(p.read_text())) for p in sorted((directory / "failures").glob("*.json")))


def read_record(directory: Path, name: str) -> Any:
    """The content of one of a run's JSON records, None where the stage has not written it."""
    path = directory / name
    return json.loads(path.read_text()) if path.exists() else None


def write_record(directory: Path, name: str, content: Any) -> bool:
    """Write one of a run's JSON records; whether that changed anything."""
    path = directory / name
    text = json.dumps(content, indent=2) + "\n"
    if path.exists() and path.read_text() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return True


def add_to_record(directory: Path, name: str, entries: Mapping[str, Any]) -> None:
    """Write entries into one of a run's JSON records, which keeps the others that it has."""
    write_record(directory, name, {**(read_record(directory, name) or {}), **entries})
