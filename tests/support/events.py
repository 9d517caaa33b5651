"""Reads the events of a run, as a program that follows them does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.runs import event_records, events

# Differ from run to run, or are the same in all of them.
_LEFT_OUT = ("event", "schema_version", "at", "run_id", "seconds", "exit_code")


def read(directory: Path) -> list[dict[str, Any]]:
    """The events of a run, each checked to be one of the types."""
    lines = (directory / events.FILE).read_text().splitlines()
    kinds: Any = event_records.ANY
    for line in lines:
        msgspec.json.decode(line, type=kinds)
    return [json.loads(line) for line in lines]


def brief(directory: Path) -> list[tuple[Any, ...]]:
    """The events of a run as tuples: the kind, and what it tells but times."""
    return [(one["event"], *(value for name, value in one.items() if name not in _LEFT_OUT)) for one in read(directory)]
