"""What setup says of an account, as a filter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.account import listing


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"setup_listing": listing.listing}
