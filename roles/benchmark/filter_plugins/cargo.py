"""Filters for a suite's Cargo commands, and for directories and unit names on a host."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.host import cargo, host_layout, isolation
from benchmarks.parameters import suites


def cargo_bench(suite: Mapping[str, Any], record: Mapping[str, Any], home: str) -> dict[str, list[str]]:
    asked = suites.of_role(suite)
    package = cargo.package_spec(asked.package, record["host"]["packages"])
    executable = record["cargo"]["executable"]
    command = cargo.Command(executable, package, asked.benches, asked.features, asked.arguments)
    return {"build": command.build(), "run": command.run(home)}


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "cargo_bench": cargo_bench,
            "confined": isolation.confined,
            "run_directory_on_host": host_layout.run_directory,
            "unit_prefix": host_layout.unit_prefix,
            "package_refusal": cargo.package_refusal,
            "overridden_flags": cargo.overridden_flags,
        }
