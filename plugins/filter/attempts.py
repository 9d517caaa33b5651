"""The attempts of a host, as filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks import attempts


def current(host_directory: str) -> int:
    return attempts.current(Path(host_directory))


def is_active(host_directory: str) -> bool:
    return attempts.is_active(Path(host_directory))


def to_bring_back(host_directory: str) -> list[int]:
    return attempts.to_bring_back(Path(host_directory))


def suite(host_directory: str, number: int) -> Mapping[str, Any]:
    """The suite that an attempt is of; nothing is known of one without a record."""
    record = attempts.read(Path(host_directory), int(number))
    return record.suite if record else {"expected": None}


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        filters: dict[str, Callable[..., Any]] = {"attempt_number": current, "attempt_active": is_active}
        return {**filters, "attempts_to_bring_back": to_bring_back, "attempt_suite": suite}
