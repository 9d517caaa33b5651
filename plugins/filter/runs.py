"""What is recorded of a run, as filters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import attempts, results, runs


def run_failures(directory: str, host: str | None = None) -> list[str]:
    """The sentences of a run's failures, first one first; those of one host, if it is named."""
    return [failure.sentence for failure in runs.failures(Path(directory)) if host in (None, failure.host)]


def attempt_number(host_directory: str) -> int:
    return attempts.current(Path(host_directory))


def shortfall(directory: str, expected: int | None) -> str:
    """What an attempt's directory lacks of a whole run, as a sentence; empty where it has everything."""
    path = Path(directory)
    return results.shortfall(results.of_host(path), results.read_log(path), expected)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"run_failures": run_failures, "attempt_number": attempt_number, "shortfall": shortfall}
