"""Filters for directories and unit names on a host; their input is the run id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.host import host_layout


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"run_directory_on_host": host_layout.run_directory, "unit_prefix": host_layout.unit_prefix}
