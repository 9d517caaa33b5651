"""The machine that a run id is bound to, on which the run can be resumed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from benchmarks.errors import RefusedError
from benchmarks.runs import record_files, ssh_keys
from benchmarks.runs.records import Machine, Values

# The parameters that determine the machine.
PARAMETERS = ("host", "instance_type", "instances", "best", "cpu", "ami", "subnet", "launch_template")


def record_machine(directory: Path, parameters: Values) -> None:
    """Record the machine of a run when the run begins on it. Raises OSError."""
    record_files.write(directory, _machine(parameters))


def check_machine(directory: Path, parameters: Values) -> None:
    """Raises RefusedError, which names the differences, if the run was begun on another machine."""
    if earlier := record_files.recall(Machine, directory):
        was, now = msgspec.structs.asdict(earlier), msgspec.structs.asdict(_machine(parameters))
        refuse_differences(directory.name, {name: (was[name], now[name]) for name in now})


def _machine(parameters: Values) -> Machine:
    key = parameters["key_file"]
    return Machine(
        **{name: parameters[name] for name in PARAMETERS},
        # For a machine of the user's own, the region only says where results go.
        region=None if parameters["host"] else parameters["region"],
        # The same key may be in another file now.
        key=ssh_keys.public_half(Path(key)) if key else None,
    )


def refuse_differences(run_id: str, values: Mapping[str, tuple[object, object]]) -> None:
    """Raises RefusedError if one of the machine's `values`, each as it was and as it is requested, differs."""
    changed = [f"{name} {_shown(was)}, not {_shown(now)}" for name, (was, now) in values.items() if was != now]
    if changed:
        raise RefusedError(
            f"The run {run_id} has another machine: {'; '.join(changed)}. "
            f"Give the same, or leave run_id out to start a new run."
        )


def _shown(value: object) -> str:
    return "not given" if value is None else str(value)
