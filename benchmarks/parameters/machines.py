"""The instance types of a request, and how many instances of each."""

from __future__ import annotations

import re

from benchmarks.errors import RefusedError
from benchmarks.runs.records import Values
from benchmarks.text import shown

_TYPE = re.compile(r"[A-Za-z0-9.-]+")
MOST = 50  # instances of a run: each takes memory on the controller, and more is rather a mistake


def types(instance_type: str) -> tuple[str, ...]:
    """The types in a text that separates them by commas. Raises RefusedError if one is missing or given twice."""
    found = [one.strip() for one in instance_type.split(",")]
    if "" in found:
        raise RefusedError(f"instance_type has a comma without a type before or after it: {instance_type}.")
    if other := next((one for one in found if not _TYPE.fullmatch(one)), None):
        raise RefusedError(f"{shown(other)} is no instance type: separate types by commas, as in c7i.large,c7a.large.")
    if twice := next((one for one in found if found.count(one) > 1), None):
        raise RefusedError(f"instance_type has {twice} twice: give each type once, and instances for more of each.")
    return tuple(found)


def settled(values: Values) -> str | None:
    """The types of a request, written in the one way that there is; None if the best are to be found.

    Raises RefusedError if what it says of its machines contradicts itself, or is more than a run can have.
    """
    if values["best"] and values["instance_type"]:
        raise RefusedError("instance_type and best exclude each other: name types, or have the best of them found.")
    if values["best"] and not (values["cpu"] or values["memory"]):
        raise RefusedError("best is the number of types to take of those that fit: give cpu, memory or both as well.")
    named = types(values["instance_type"]) if values["instance_type"] else ()
    count = (values["best"] or len(named)) * values["instances"]
    if count > MOST:
        raise RefusedError(f"This makes {count} instances, and a run can have {MOST}: give fewer types or instances.")
    return ",".join(named) or None
