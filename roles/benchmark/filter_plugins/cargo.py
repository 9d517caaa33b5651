"""The Cargo commands of a suite, as a filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks import cargo


def cargo_bench(suite: Mapping[str, Any], executable: str) -> dict[str, list[str]]:
    return {
        "build": cargo.bench_argv(executable, suite, build_only=True),
        "run": cargo.bench_argv(executable, suite, build_only=False),
    }


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"cargo_bench": cargo_bench}
