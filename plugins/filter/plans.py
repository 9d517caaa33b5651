"""What preflight has decided, as a filter that goes on without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.preflight import run_plan
from benchmarks.runs import record_files
from benchmarks.runs.records import Preflight

# As for what has to go on to end the run.
_NOTHING: dict[str, Any] = {
    "started": None,
    "measurements": [],
    "launches": [],
    "destination": None,
    "measured": [],
    "warnings": [],
}


def preflight_record(directory: str) -> Any:
    record = record_files.recall(Preflight, Path(directory))
    return record_files.plain(record) if record else _NOTHING


def lost_records(directory: str) -> list[str]:
    """What is to be said of a run at its end whose records are gone; without them it is no success."""
    return run_plan.lost(Path(directory))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"preflight_record": preflight_record, "lost_records": lost_records}
