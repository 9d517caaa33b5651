"""The failure records of a run, one for each failure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.errors import FailedError
from benchmarks.runs import record_files, run_layout
from benchmarks.runs.records import Failure

# What these stages have not done can still be done, also without the machine.
REPEATABLE = ("collect", "report", "publish", "terminate", "finish")
# The stages that can be repeated without the machine.
OF_BRINGING_BACK = ("report", "publish", "terminate")


def record_failure(directory: Path, host: str, task: str, sentence: str, stage: str = "", attempt: int = 0) -> Path:
    """Write a failure record, whose name sorts by the time of writing; return its path. Raises OSError."""
    at = datetime.now(UTC)
    path = directory / run_layout.FAILURES / f"{at:%Y%m%dT%H%M%S.%fZ}-{host}.json"
    record_files.write_file(path, Failure(host=host, task=task, sentence=sentence, at=at, stage=stage, attempt=attempt))
    return path


def forget_failures(directory: Path, is_chosen: Callable[[Failure], bool] = lambda _: True) -> None:
    """Remove the failure records of a run, or only the chosen ones."""
    for path in (directory / run_layout.FAILURES).glob("*.json"):
        if is_chosen(_failure(path)):
            path.unlink()


def forget_loss(directory: Path, host: str, attempt: int, stages: Collection[str]) -> None:
    """Remove the failure records of an attempt in the given stages: its host was lost, and its results were not."""
    forget_failures(directory, lambda found: found.is_of(host, attempt) and found.stage in stages)


def failures(directory: Path) -> tuple[Failure, ...]:
    """The failure records of a run, oldest first; a record that cannot be read counts as a failure."""
    return tuple(_failure(path) for path in sorted((directory / run_layout.FAILURES).glob("*.json")))


def _failure(path: Path) -> Failure:
    try:
        found = record_files.read_file(Failure, path)
    except FailedError:
        found = None
    damaged = f"Something failed, but the record {path} of it is damaged."
    return found or Failure(host="localhost", task="", sentence=damaged, at=None)
