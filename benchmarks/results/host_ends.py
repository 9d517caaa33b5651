"""How an attempt has ended by what its instance says that has uploaded it, also if nobody was there to see it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks.host import systemd_units
from benchmarks.host.systemd_units import Unit, UnitStatus
from benchmarks.results import host_files
from benchmarks.runs import record_files
from benchmarks.runs.records import HostManifest

# What users call the steps, and the parameters that limit them, with their defaults in minutes.
_STEPS = (("build", "build", "build_limit", 60), ("run", "benchmark run", "time_limit", 180))


def why_not_well(manifest: HostManifest, limits: Mapping[str, object]) -> str:
    """Why an attempt was not measured to its end or not uploaded as a whole, as a sentence; empty if it was.

    `limits` are the run's parameters.
    """
    missing = host_files.missing(manifest)
    for step, what, name, default in _STEPS:
        words = getattr(manifest, step)
        if words is None:
            return f"The {what} left no result: nobody was there to begin it, or the machine was restarted."
        look = UnitStatus(active=False, result=words, size=0, log=b"")
        if not look.succeeded:
            unit = Unit("", (), {}, "", "", "", limit_seconds=int(str(limits.get(name) or default)) * 60)
            return systemd_units.describe_end(look, unit, what)
    return f"{manifest.host} could not upload everything: there is no {' and no '.join(missing)}." if missing else ""


def of_fetched(directory: Path, limits: Mapping[str, object]) -> str:
    """The same for the attempt in a directory; empty as well if nothing was fetched of it."""
    manifest = record_files.recall(HostManifest, directory)
    return why_not_well(manifest, limits) if manifest else ""
