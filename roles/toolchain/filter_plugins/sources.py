"""Filters for what keeps sources apart on a host, for their directories, and for why a connection or a fetch failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.host import checkouts, fetch_failures, isolation, ssh_failures, url_secrets
from benchmarks.runs import toolchain_records


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "checkout_name": checkouts.name,
            "checkout_marker": checkouts.marker,
            "if_whole": checkouts.if_whole,
            "confined": isolation.confined,
            "confined_interpreter": isolation.interpreter,
            "is_recorded": toolchain_records.is_recorded,
            "isolation_command": isolation.prepare_command,
            "connection_failure": ssh_failures.sentence,
            "download_failure": fetch_failures.download,
            "rustup_failure": fetch_failures.rustup,
            "git_failure": fetch_failures.git,
            "url_refusal": lambda url, name: url_secrets.refusal(name, url),
        }
