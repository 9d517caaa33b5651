"""The Cargo commands of a suite, as filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.host import cargo


def cargo_bench(suite: Mapping[str, Any], record: Mapping[str, Any], home: str) -> dict[str, list[str]]:
    executable = record["cargo"]["executable"]
    package = cargo.package_spec(suite["package"], record["host"]["packages"])
    return {
        "build": cargo.build_argv(executable, package, suite),
        "run": cargo.run_argv(executable, package, suite, home),
    }


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "cargo_bench": cargo_bench,
            "package_refusal": cargo.package_refusal,
            "overridden_flags": cargo.overridden_flags,
        }
