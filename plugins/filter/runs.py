"""What is recorded of a run, as filters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import runs


def run_failures(directory: str) -> list[str]:
    return [failure.sentence for failure in runs.failures(Path(directory))]


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"run_failures": run_failures}
