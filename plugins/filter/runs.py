"""What is recorded of a run, as filters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.results import host_results
from benchmarks.runs import failures, run_layout


def run_failures(directory: str, host: str | None = None, attempt: int | None = None) -> list[str]:
    """The sentences of a run's failures, first one first; those of one attempt on one host, if it is named."""
    found = failures.failures(Path(directory))
    return [f.sentence for f in found if host is None or f.is_of(host, int(attempt or 0))]


def shortfall(directory: str, expected: int | None) -> str:
    """What an attempt's directory lacks of a whole run, as a sentence; empty where it has everything."""
    path = Path(directory)
    return host_results.shortfall(host_results.of_host(path), host_results.read_log(path), expected)


def host_directory(directory: str, host: str) -> str:
    return str(run_layout.host(Path(directory), host))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"host_directory": host_directory, "run_failures": run_failures, "shortfall": shortfall}
