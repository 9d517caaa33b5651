"""Writes one of a run's JSON records on the controller, and says whether that changed anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from benchmarks.runs import run_directory


class ActionModule(ActionBase):
    _VALID_ARGS = frozenset(("path", "content"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        path = Path(self._task.args["path"])
        return {"changed": run_directory.write_record(path.parent, path.name, self._task.args["content"])}
