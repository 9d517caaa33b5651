"""Packs a source directory on the controller into a reproducible archive."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from benchmarks.host import archives, working_tree


class ActionModule(ActionBase):
    _VALID_ARGS = frozenset(("src", "dest"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        source = Path(self._task.args["src"])
        if not source.is_dir():
            raise AnsibleActionFail(
                f"The suite's source directory {source} does not exist: correct the suite's source."
            )
        try:
            archive = archives.pack(source)
            changed = archives.write(archive, Path(self._task.args["dest"]))
        except OSError as error:
            raise AnsibleActionFail(f"{source} cannot be packed: {error}") from None
        tree = working_tree.of(source)
        return {
            "changed": changed,
            "sha256": archives.digest(archive),
            "working_tree": dataclasses.asdict(tree) if tree else None,
        }
