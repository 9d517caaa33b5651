"""What has failed in a run: a record for each failure."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.runs import files

# The stages that can be done again without the machine.
OF_BRINGING_BACK = ("publish", "terminate")


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


def record_failure(directory: Path, host: str, task: str, sentence: str, stage: str = "", attempt: int = 0) -> Path:
    """Write one failure record; records sort by the time at which they were written."""
    at = datetime.now(UTC)
    path = directory / "failures" / f"{at:%Y%m%dT%H%M%S.%fZ}-{host}.json"
    record = Failure(host, task, sentence, at.isoformat(timespec="milliseconds"), stage, attempt)
    files.write_whole(path, json.dumps(asdict(record), indent=2) + "\n")
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
