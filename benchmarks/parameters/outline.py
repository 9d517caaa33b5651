"""What ending a run needs to know of its request."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import RefusedError
from benchmarks.parameters import attaching, key_file, region, request, spec
from benchmarks.paths import ROOT
from benchmarks.runs import run_region
from benchmarks.runs.records import Values


@dataclass(frozen=True)
class Outline:
    """What ending a run needs to know of its request, even if the run's records are lost."""

    has_machine: bool  # if False, it only lists instance types
    is_dry: bool  # whether it ends with its plan
    launches: bool  # whether it has machines that are EC2 instances
    keeps: bool
    region: str | None
    key_file: str | None
    ssh_port: int
    expired: bool = False  # whether it ends what has expired, in place of a run
    all_owners: bool = False  # whose: everyone's
    regions: tuple[str, ...] = ()  # and where
    attaches: bool = False  # whether it only comes back to a run that was begun before
    detaches: bool = False  # whether it leaves the run to itself once that measures


def outline(given: Mapping[str, object], environment: Mapping[str, str], directory: Path | None = None) -> Outline:
    """The outline of a request. Values that preflight will refuse count as not given.

    If no region is given, it is the one in the records of the run in `directory`, whose instances may live there; the
    environment's if they tell none. A request that comes back to that run has its parameters.
    """
    defaults = {parameter.name: parameter.default for parameter in spec.parameters("benchmark")}
    ends = _read("terminate", given)
    given = attaching.asked(given, directory) if directory else given
    values = _read("benchmark", attaching.completed(given, directory) if directory else given)
    regions: tuple[str, ...] = ()
    if ends.get("expired"):
        with suppress(RefusedError):
            regions = request.regions({"region": None, **ends}, environment)
    known = run_region.recorded(directory) if directory else None
    try:
        chosen = values.get("region") or (known.region if known else region.of_environment(environment))
    except RefusedError:
        chosen = None
    attaches = attaching.attaches(given)
    has_machine, is_dry = not request.lists_types(values), bool(values.get("dry_run"))
    return Outline(
        has_machine=has_machine,
        is_dry=is_dry,
        launches="host" not in values and has_machine and not is_dry,
        keeps=bool(values.get("keep")),
        region=chosen,
        # A run to come back to may have a key of its own, whatever the user has made since.
        key_file=values.get("key_file") or (None if attaches else key_file.default_key_file()),
        expired=bool(ends.get("expired")),
        all_owners=bool(ends.get("all_owners")),
        regions=regions,
        ssh_port=values.get("ssh_port", defaults["ssh_port"]),
        attaches=attaches,
        detaches=bool(values.get("detach")),
    )


def _read(entry_point: str, given: Mapping[str, object]) -> Values:
    """The values of an entry point's parameters that can be read."""
    values: Values = {}
    for name in set(spec.names(entry_point)) & given.keys():
        if given[name] is not None:
            with suppress(RefusedError):
                values = {**values, **request.read(entry_point, {name: given[name]}, ROOT)}
    return values
