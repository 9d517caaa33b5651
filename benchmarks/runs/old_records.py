"""Converts records without a `schema_version`, as early builds of version 0.1.0 wrote them, to schema version 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from benchmarks.runs.records import (
    Attempt,
    Failure,
    Json,
    LaunchPlan,
    Manifest,
    Preflight,
    Published,
    Record,
    Setup,
    Stages,
    Terminated,
)


def upgrade(kind: type[Record], old: Json) -> Json:
    """Convert an old record's content to schema version 1.

    Raises KeyError, TypeError or AttributeError if it is damaged.
    """
    return _UPGRADES.get(kind, _same)(old)


def _same(old: Json) -> Json:
    return old


def _launch(old: Json) -> Json:
    renamed = {"memory_mib": old["memory"], "places": [{"subnet": s["id"], "zone": s["zone"]} for s in old["subnets"]]}
    return {name: value for name, value in old.items() if name in LaunchPlan.__struct_fields__} | renamed


def _suite(old: Json) -> Json:
    return {**old, "environment": old.get("environment") or {}}


def _preflight(old: Json) -> Json:
    return {
        "started": old["started"],
        "measurements": [{"suite": _suite(old["suite"]), "suite_digest": old["request"]}],
        "launches": [_launch(old["launch"])] if old["launch"] else [],
        "destination": old["publish"],
        "measured": old["over"],
        "warnings": old["warnings"],
    }


def _terminated(old: Json) -> Json:
    return {"instances": [{"instance_id": instance_id, "at": at} for instance_id, at in old.items()]}


def _stages(old: Json) -> Json:
    return {"stages": [{"name": name, **entry} for name, entry in old.items()]}


def _attempt(old: Json) -> Json:
    return {**old, "suite": _suite(old["suite"]), "suite_digest": old["request"]}


def _manifest(old: Json) -> Json:
    launch = _launch(old["launch"]) if old["launch"] else None
    return {**old, "suite": _suite(old["suite"]), "launch": launch}


def _setup(old: Json) -> Json:
    needs = [{"name": part["name"], "text": part["text"], "exists": part["there"]} for part in old["parts"]]
    return {**old, "needs": needs, "metadata_options": {}, "resource_name": "benchmarks"}


def _published(old: Json) -> Json:
    return {**old, "link_until": datetime.fromisoformat(old["link_until"]).isoformat()}


def _failure(old: Json) -> Json:
    return {**old, "at": old["at"] or None}


_UPGRADES: Mapping[type[Record], Callable[[Json], Json]] = {
    Attempt: _attempt,
    Failure: _failure,
    Manifest: _manifest,
    Preflight: _preflight,
    Published: _published,
    Setup: _setup,
    Stages: _stages,
    Terminated: _terminated,
}
