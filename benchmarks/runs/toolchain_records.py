"""The record of what is installed on a host, as the role toolchain gives it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.errors import RefusedError
from benchmarks.runs import record_files
from benchmarks.runs.records import Toolchain


def of_content(content: Mapping[str, Any]) -> Toolchain:
    """The record with this content. Raises RefusedError, with what is wrong, for content of another shape."""
    # YAML makes numbers of what a suite's environment may leave without quotes.
    environment = {key: str(value) for key, value in content["cargo"]["environment"].items()}
    return record_files.typed(Toolchain, {**content, "cargo": {**content["cargo"], "environment": environment}})


def is_recorded(content: Mapping[str, Any], path: str) -> bool:
    """Whether the file `path` has the record with this content, so that nothing has changed since it was written."""
    try:
        return record_files.recall(Toolchain, Path(path).parent) == of_content(content) and Path(path).is_file()
    except RefusedError:
        return False
