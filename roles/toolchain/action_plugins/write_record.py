"""Writes the toolchain record on the controller, and reports whether it changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.runs import record_files
from benchmarks.runs.records import Toolchain


class ActionModule(ActionBase):
    _VALID_ARGS = frozenset(("path", "content"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        record = record_files.typed(Toolchain, self._task.args["content"])
        return {"changed": record_files.write_file(Path(self._task.args["path"]), record)}
