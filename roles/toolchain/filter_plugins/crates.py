"""Filters for the index of crates.io."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.host import crates_index


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "crate_index_path": crates_index.index_path,
            "crate_checksum": crates_index.checksum,
            "crate_refusal": crates_index.refusal,
        }
