"""Writes the toolchain record on the controller, and reports whether it changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from benchmarks.errors import RefusedError
from benchmarks.runs import record_files
from benchmarks.runs.records import Toolchain


class ActionModule(ActionBase):
    _VALID_ARGS = frozenset(("path", "content"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        content = self._task.args["content"]
        # YAML makes numbers of what a suite's environment may leave without quotes.
        environment = {key: str(value) for key, value in content["cargo"]["environment"].items()}
        try:
            record = record_files.typed(
                Toolchain, {**content, "cargo": {**content["cargo"], "environment": environment}}
            )
        except RefusedError as error:
            raise AnsibleActionFail(str(error)) from None
        return {"changed": record_files.write_file(Path(self._task.args["path"]), record)}
