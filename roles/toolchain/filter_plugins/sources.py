"""Where sources are kept on a host, and why one could not be fetched, as filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks import checkouts, fetching


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "checkout_name": checkouts.name,
            "checkout_marker": checkouts.marker,
            "download_failure": fetching.download,
            "rustup_failure": fetching.rustup,
            "git_failure": fetching.git,
        }
