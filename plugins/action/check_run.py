"""Fails if the run does not exist, or if another controller carries it out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from benchmarks.errors import FailedError, RefusedError
from benchmarks.runs import locks, parameters_file


class ActionModule(ActionBase):
    _VALID_ARGS = frozenset(("run_dir",))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        directory = Path(self._task.args["run_dir"])
        try:
            locks.check_playbook(directory)
            parameters_file.read_parameters(directory)
        except (FailedError, RefusedError) as error:
            raise AnsibleActionFail(str(error)) from None
        return {"changed": False}
