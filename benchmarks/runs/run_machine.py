"""What a run id stands for: one machine, on which a run can be gone on with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from benchmarks.errors import RefusedError
from benchmarks.runs import record_files, ssh_keys
from benchmarks.runs.records import Machine, Values

# The parameters that decide which machine it is.
PARAMETERS = ("host", "instance_type", "cpu", "ami", "subnet", "launch_template")


def record_machine(directory: Path, parameters: Values) -> None:
    """Write down which machine the run of a directory has, when it is begun there. Raises OSError."""
    record_files.write(directory, _machine(parameters))


def check_machine(directory: Path, parameters: Values) -> None:
    """Raises RefusedError, with what differs, where the run of a directory was begun on another machine."""
    if earlier := record_files.recall(Machine, directory):
        was, now = msgspec.structs.asdict(earlier), msgspec.structs.asdict(_machine(parameters))
        refuse_differences(directory.name, {name: (was[name], now[name]) for name in now})


def _machine(parameters: Values) -> Machine:
    key = parameters["key_file"]
    return Machine(
        **{name: parameters[name] for name in PARAMETERS},
        # A machine that the user has is the same whatever region its results go to.
        region=None if parameters["host"] else parameters["region"],
        # A key's file may be found elsewhere.
        key=ssh_keys.public_half(Path(key)) if key else None,
    )


def refuse_differences(run_id: str, values: Mapping[str, tuple[object, object]]) -> None:
    """Raises RefusedError where one of the machine's values, as they were and as they are asked for, has changed."""
    told = [f"{name} {_shown(was)}, not {_shown(now)}" for name, (was, now) in values.items() if was != now]
    if told:
        raise RefusedError(
            f"The run {run_id} has another machine: {'; '.join(told)}. "
            f"Give the same, or leave run_id out to start a new run."
        )


def _shown(value: object) -> str:
    return "not given" if value is None else str(value)
