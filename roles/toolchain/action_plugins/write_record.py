"""Writes the toolchain record on the controller, and reports whether it changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from benchmarks.errors import RefusedError
from benchmarks.runs import record_files, toolchain_records


class ActionModule(ActionBase):
    _VALID_ARGS = frozenset(("path", "content"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        try:
            record = toolchain_records.of_content(self._task.args["content"])
        except RefusedError as error:
            raise AnsibleActionFail(str(error)) from None
        return {"changed": record_files.write_file(Path(self._task.args["path"]), record)}
