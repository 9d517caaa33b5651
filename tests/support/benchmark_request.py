"""A request to benchmark, but for what a test changes."""

from __future__ import annotations

from typing import Any

from benchmarks.parameters import spec
from benchmarks.runs.records import Values


def parameters(**given: Any) -> Values:
    return spec.with_defaults("benchmark", {"instance_type": "c7i.large", "region": "eu-central-1", **given})
