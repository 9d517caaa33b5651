"""The attempts of a host, as filters of its directory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.runs import attempts


def _of_directory(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda host_directory, *more: function(Path(host_directory), *more)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        functions: dict[str, Callable[..., Any]] = {
            "attempt_number": attempts.current,
            "attempt_active": attempts.is_active,
            "attempt_suite": attempts.suite,
            "attempts_to_bring_back": attempts.to_bring_back,
        }
        return {name: _of_directory(function) for name, function in functions.items()}
