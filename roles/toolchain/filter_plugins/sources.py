"""Filters for the directories of sources on a host, and for why a connection or a fetch failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.host import checkouts, fetch_failures, ssh_failures


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "checkout_name": checkouts.name,
            "checkout_marker": checkouts.marker,
            "connection_failure": ssh_failures.sentence,
            "download_failure": fetch_failures.download,
            "rustup_failure": fetch_failures.rustup,
            "git_failure": fetch_failures.git,
        }
