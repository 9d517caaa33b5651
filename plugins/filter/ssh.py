"""Filters that quote paths for ssh."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.host import ssh


def ssh_option(path: str, name: str) -> str:
    return ssh.option(name, path)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"ssh_literal": ssh.literal, "ssh_option": ssh_option}
