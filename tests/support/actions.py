"""Ansible's actions, called as a task calls them."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

from ansible.plugins.loader import action_loader

from benchmarks.paths import ROOT


def run(name: str, *, check_mode: bool = False, of: str = "", **args: Any) -> dict[str, Any]:
    """What an action of this project answers a task with these arguments, of a host in the inventory."""
    action_loader.add_directory(str(ROOT / "plugins/action"))
    action = action_loader.get(
        name, task=Mock(args=args, async_val=0, check_mode=check_mode),
        connection=Mock(), play_context=Mock(), loader=Mock(), templar=Mock(), shared_loader_obj=Mock(),
    )  # fmt: skip
    return dict(action.run(task_vars={"inventory_hostname": of} if of else {}))
