"""What preflight has decided, as a filter that goes on without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.preflight import run_plan


def preflight_record(directory: str) -> Mapping[str, Any]:
    return run_plan.recall(Path(directory))


def lost_records(directory: str) -> list[str]:
    """What is to be said of a run at its end whose records are gone; without them it is no success."""
    return run_plan.lost(Path(directory))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"preflight_record": preflight_record, "lost_records": lost_records}
