"""The tasks with which a play ends for a host: at its own pace, a host may be done long before the play is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# They have no results: https://docs.ansible.com/ansible/latest/collections/ansible/builtin/meta_module.html
_WITHOUT_RESULT = ("meta",)
# What they include is not known yet.
_INCLUDES = ("include_tasks", "include_role")


def ids(entries: Sequence[Any]) -> frozenset[str]:
    """Of Ansible's blocks and tasks, the ids of those after which nothing follows; none if that is not known."""
    for entry in reversed(entries):
        if getattr(entry, "block", None) is not None:
            if found := _of_block(entry):
                return found
        elif (action := str(entry.action).rpartition(".")[2]) not in _WITHOUT_RESULT:
            return frozenset() if action in _INCLUDES else frozenset([entry._uuid])
    return frozenset()


def _of_block(block: Any) -> frozenset[str]:
    return ids(block.always) or ids(block.block) | ids(block.rescue)
