"""Names of the variables that roles declare, as a filter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml


def role_variables(roles: str) -> list[str]:
    """The names that the roles in a directory declare, but for preflight's, which are the public parameters."""
    specs = [path for path in Path(roles).glob("*/meta/argument_specs.yml") if path.parts[-3] != "preflight"]
    entries = [entry for spec in specs for entry in yaml.safe_load(spec.read_text())["argument_specs"].values()]
    return sorted({name for entry in entries for name in entry["options"]})


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"role_variables": role_variables}
