"""Records which attempt is followed on a host of a resumed run, once no host has refused the request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from benchmarks.playbook import stages
from benchmarks.runs import attempts, host_labels, run_directory


class ActionModule(ActionBase):
    """`host_dir` is on the controller; `number` and `events` are those that find_active has found."""

    _VALID_ARGS = frozenset(("host_dir", "number", "events"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        args = self._task.args
        try:
            attempts.follow(Path(args["host_dir"]), int(args["number"]) or None)
        except OSError as error:
            raise AnsibleActionFail(str(run_directory.write_failed(error))) from None
        # From now on the run can be left again.
        for event in args["events"]:
            stages.tell(event, host_labels.here(task_vars["inventory_hostname"]))
        return {"changed": False}
