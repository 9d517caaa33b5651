"""Cargo's command lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def bench_argv(executable: str, suite: Mapping[str, Any], *, build_only: bool) -> list[str]:
    """The `cargo bench` command of a suite.

    Targets are always named: without `--bench` the library's own test harness runs first, and refuses Criterion's
    arguments.
    """
    targets = [part for bench in suite["benches"] for part in ("--bench", bench)]
    features = ["--features", ",".join(suite["features"])] if suite.get("features") else []
    command = [executable, "bench", "--locked", "--package", suite["package"], *features, *targets]
    if build_only:
        return [*command, "--no-run"]
    return [*command, "--", *suite["arguments"]] if suite.get("arguments") else command
