"""What is recorded of a run, as filters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import attempts, criterion, runs


def run_failures(directory: str) -> list[str]:
    return [failure.sentence for failure in runs.failures(Path(directory))]


def attempt_number(host_directory: str) -> int:
    return attempts.current(Path(host_directory))


def criterion_ids(directory: str) -> list[str]:
    return [estimate.id for estimate in criterion.read(Path(directory))]


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "run_failures": run_failures,
            "attempt_number": attempt_number,
            "criterion_ids": criterion_ids,
        }
