"""The region of a run's instances, as far as its records tell."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import FailedError
from benchmarks.runs import parameters_file, record_files
from benchmarks.runs.records import Instances, Preflight


@dataclass(frozen=True)
class Recorded:
    """The region, and whether instances are known to have been launched there; if not, there may be some anyway."""

    region: str
    launched: bool


def recorded(directory: Path) -> Recorded | None:
    """The region that a run has launched in, else the one of its plan, else the one of its parameters.

    An instance may live before its launch is recorded, as if the process was killed after RunInstances. None for a
    machine of the user's own, and if no record that can be read tells.
    """
    if launched := record_files.recall(Instances, directory):
        return Recorded(launched.region, launched=True)
    if plan := record_files.recall(Preflight, directory):
        return Recorded(plan.launch.region, launched=False) if plan.launch else None
    with suppress(FailedError):
        parameters = parameters_file.read_parameters(directory)
        region = parameters.get("region")
        # For a machine of the user's own, the region only says where results go.
        if isinstance(region, str) and region and not parameters.get("host"):
            return Recorded(region, launched=False)
    return None
