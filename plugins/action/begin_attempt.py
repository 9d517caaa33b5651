"""Begins a new attempt on this host, so that failures before its measurement is known are recorded with it.

It also records the run's machine: from here on, the run cannot be resumed on another.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from benchmarks.parameters import suites
from benchmarks.runs import attempts, planned_hosts, run_directory, run_layout, run_machine


class ActionModule(ActionBase):
    _VALID_ARGS = frozenset(("run_dir", "parameters", "suite", "suite_digest"))

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        if not self._task.check_mode:
            try:
                directory = Path(self._task.args["run_dir"])
                run_machine.record_machine(directory, self._task.args["parameters"])
                host = planned_hosts.name(directory, task_vars["inventory_hostname"])
                suite = suites.of_role(self._task.args["suite"])
                attempts.begin(run_layout.host(directory, host), suite, str(self._task.args["suite_digest"]))
            except OSError as error:
                raise AnsibleActionFail(str(run_directory.write_failed(error))) from None
        return {"changed": False}
