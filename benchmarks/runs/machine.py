"""What a run id stands for: one machine, on which a run can be gone on with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.errors import RefusedError
from benchmarks.runs import run_directory, ssh_keys

RECORD = "machine.json"
# The parameters that decide which machine it is.
PARAMETERS = ("host", "instance_type", "cpu", "ami", "subnet", "launch_template")


def record_machine(directory: Path, parameters: Mapping[str, Any]) -> None:
    """Write down which machine the run of a directory has, when it is begun there. Raises OSError."""
    run_directory.write_record(directory, RECORD, _machine(parameters))


def check_machine(directory: Path, parameters: Mapping[str, Any]) -> None:
    """Raises RefusedError, with what differs, where the run of a directory was begun on another machine."""
    if earlier := run_directory.recall(directory, RECORD):
        now = _machine(parameters)
        refuse_differences(directory.name, {name: (earlier[name], now[name]) for name in now if name in earlier})


def _machine(parameters: Mapping[str, Any]) -> dict[str, Any]:
    key = parameters["key_file"]
    machine = {name: parameters[name] for name in PARAMETERS}
    # A machine that the user has is the same whatever region its results go to. A key's file may be found elsewhere.
    region = None if parameters["host"] else parameters["region"]
    return {**machine, "region": region, "key": ssh_keys.public_half(Path(key)) if key else None}


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
