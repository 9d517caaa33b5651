"""Filters for directories and unit names on a host, for what is done in an attempt's directory there, and its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.host import attempt_files, host_check, host_layout, isolation


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "run_directory_on_host": host_layout.run_directory,
            "unit_prefix": host_layout.unit_prefix,
            "confined": isolation.confined,
            "found_on_host": attempt_files.found,
            "to_fetch": attempt_files.to_fetch,
            "pack_once_command": attempt_files.pack_once_command,
            "results_unit": host_layout.results_unit,
            "why_gone": host_check.gone,
        }
