"""What crates.io's index says of a crate, as filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from benchmarks import crates
from benchmarks.errors import RefusedError


def crate_checksum(index: str, version: str) -> str:
    try:
        return crates.checksum(index, version)
    except RefusedError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"crate_index_path": crates.index_path, "crate_checksum": crate_checksum}
