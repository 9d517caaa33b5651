"""What a run id stands for: one machine, on which a run can be gone on with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks import runs
from benchmarks.errors import RefusedError

RECORD = "machine.json"
# The parameters that decide which machine it is.
PARAMETERS = ("host", "region", "instance_type", "cpu", "ami", "subnet", "launch_template")


def record_machine(directory: Path, parameters: Mapping[str, Any]) -> None:
    """Write down which machine the run of a directory has, when it is begun there. Raises OSError."""
    runs.write_record(directory, RECORD, {name: parameters[name] for name in PARAMETERS})


def check_machine(directory: Path, parameters: Mapping[str, Any]) -> None:
    """Raises RefusedError, with what differs, where the run of a directory was begun on another machine."""
    earlier = runs.recall(directory, RECORD, PARAMETERS)
    if earlier is None:
        return
    refuse_differences(directory.name, {name: (earlier[name], parameters[name]) for name in PARAMETERS})


def refuse_differences(run_id: str, values: Mapping[str, tuple[Any, Any]]) -> None:
    """Raises RefusedError where one of the machine's values, as they were and as they are asked for, has changed."""
    told = [f"{name} {_shown(was)}, not {_shown(now)}" for name, (was, now) in values.items() if was != now]
    if told:
        raise RefusedError(
            f"The run {run_id} has another machine: {'; '.join(told)}. "
            f"Give the same, or leave run_id out to start a new run."
        )


def _shown(value: Any) -> str:
    return "not given" if value is None else str(value)
