"""What crates.io's index says of a crate, as filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks import crates


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "crate_index_path": crates.index_path,
            "crate_checksum": crates.checksum,
            "crate_refusal": crates.refusal,
        }
