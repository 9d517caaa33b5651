"""Filter for the names of the variables that roles declare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.parameters import spec


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"role_variables": spec.role_variables}
