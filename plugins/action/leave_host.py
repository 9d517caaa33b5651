"""Leaves a host to itself that has what was measured: it is not ended with the playbook, and can be come back to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from benchmarks.playbook import stages
from benchmarks.runs import attempts, event_records, events, host_labels, run_directory


class ActionModule(ActionBase):
    """`host_dir` is the host's directory on the controller."""

    _VALID_ARGS = frozenset(("host_dir",))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        host = host_labels.here(task_vars["inventory_hostname"])
        try:
            attempts.leave(Path(self._task.args["host_dir"]))
        except OSError as error:
            raise AnsibleActionFail(str(run_directory.write_failed(error))) from None
        stages.tell("left", host)
        events.note(events.here(), event_records.RunLeft(host=host))
        return {"changed": True}
