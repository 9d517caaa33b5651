"""Filters for the attempts of a host; their input is the host's directory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.runs import attempts, record_files, run_layout


def _suite(host_directory: Path, number: int | str) -> Any:
    """The suite that an attempt measures; without a record, only `expected` is set, to None."""
    suite = attempts.suite(host_directory, int(number))
    return record_files.plain(suite) if suite else {"expected": None}


def _directory(host_directory: Path, number: int | str) -> str:
    return str(run_layout.attempt(host_directory, int(number)))


def _of_directory(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda host_directory, *more: function(Path(host_directory), *more)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        functions: dict[str, Callable[..., Any]] = {
            "attempt_number": attempts.current,
            "attempt_active": attempts.is_active,
            "attempt_left": attempts.is_left,
            "attempt_directory": _directory,
            "attempt_suite": _suite,
            "attempts_to_bring_back": attempts.to_bring_back,
            "attempt_replaced": attempts.replaced,
        }
        return {name: _of_directory(function) for name, function in functions.items()}
